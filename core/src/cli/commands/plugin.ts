import type { Command } from 'commander';
import { dataFolder, ensureFolder } from '../../host/paths';
import { contributionsInWords } from '../../host/plugins/contributionsInWords';
import { setPluginEnabled } from '../../host/plugins/disabledPlugins';
import { SettingsService } from '../../host/settings/settingsService';
import type { Application } from '../application';
import { formatTable } from '../../host/text/table';
import { registerAuthoring } from './plugin/authoring';

export function registerPlugin(program: Command, application: Application, exit: (status: number) => void): void {
  const plugin = program.command('plugin').description('Plugins: what Diskwright is made of').helpCommand(false);

  plugin
    .command('list')
    .description('List all plugins with their state, what they add, and what is wrong with them')
    .action(async () => {
      const { plugins } = await application.host();
      const entries = plugins.supervisor.status().map((status) => {
        const manifest = plugins.registry.get(status.id)?.manifest;
        return {
          ...status,
          enabled: status.state === 'running' || status.state === 'stopped',
          contributes: manifest ? contributionsInWords(manifest) : [],
        };
      });
      if (application.json) return application.printJson(entries);
      const rows = entries.map((entry) => [entry.id, entry.version, entry.state, entry.contributes.join('; ')]);
      application.print(formatTable(['plugin', 'version', 'state', 'contributes'], rows));
      for (const { id, problems } of entries) for (const problem of problems) application.message(`${id}: ${problem}`);
    });

  for (const [word, enabled, what] of [
    ['enable', true, 'Let a plugin be used again, and forget its crashes'],
    ['disable', false, 'Turn a plugin off: it is not started, and what it adds is not there'],
  ] as const) {
    plugin
      .command(word)
      .argument('<plugin>', 'its id, as "diskwright plugin list" shows it')
      .description(what)
      .action(async (id: string) => {
        const registry = await application.registry();
        ensureFolder(dataFolder());
        await setPluginEnabled(await SettingsService.load(dataFolder(), registry), registry, id, enabled);
        if (application.json) application.printJson({ id, enabled });
        else application.print(`${id} is ${word}d.`);
      });
  }
  registerAuthoring(plugin, application, exit);
}
