import type { Command } from 'commander';
import type { InstalledPlugin } from '../../host/plugins';
import type { Application } from '../application';
import { formatTable } from '../../host/text/table';

export function registerPlugin(program: Command, application: Application): void {
  const plugin = program.command('plugin').description('Plugins: what Diskwright is made of').helpCommand(false);

  plugin
    .command('list')
    .description('List all plugins with their state, what they add, and what is wrong with them')
    .action(async () => {
      const { plugins } = await application.host();
      const entries = plugins.supervisor.status().map((status) => ({
        ...status,
        enabled: status.state === 'running' || status.state === 'stopped',
        contributes: contributionsOf(plugins.registry.get(status.id)),
      }));
      if (application.json) return application.printJson(entries);
      const rows = entries.map((entry) => [entry.id, entry.version, entry.state, entry.contributes.join(', ')]);
      application.print(formatTable(['plugin', 'version', 'state', 'contributes'], rows));
      for (const { id, problems } of entries) for (const problem of problems) application.message(`${id}: ${problem}`);
    });
}

/** What a plugin adds, in words; empty for a broken one. */
function contributionsOf(plugin: InstalledPlugin | null): string[] {
  if (!plugin) return [];
  const { commands = [], filesystems = [], partitionTables = [] } = plugin.manifest.contributes;
  return [
    ...commands.map(({ id }) => `command ${id}`),
    ...filesystems.map(({ id, types }) => `filesystem ${id} (${types.join(', ')})`),
    ...partitionTables.map(({ id }) => `partition table ${id}`),
  ];
}
