import type { Command } from 'commander';
import type { Application } from '../application';
import { formatTable, printable } from '../text/table';

export function registerPlugin(program: Command, application: Application): void {
  const plugin = program.command('plugin').description('the plugins that Diskwright is made of');

  plugin
    .command('list')
    .description('all plugins, their state, what protects from them, and what is wrong with them')
    .action(async () => {
      const plugins = await (await application.host()).plugins();
      if (application.json) return application.printJson(plugins);
      application.print(
        formatTable(
          ['plugin', 'version', 'state', 'contributes'],
          plugins.map((entry) => [entry.id, entry.version, entry.state, printable(entry.contributes.join(', '))]),
        ),
      );
      for (const { id, problems } of plugins) for (const problem of problems) application.message(`${id}: ${printable(problem)}`);
    });
}
