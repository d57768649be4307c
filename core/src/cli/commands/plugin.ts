import type { Command } from 'commander';
import { dataFolder, ensureFolder } from '../../host/paths';
import { PluginStops } from '../../host/plugins/containment/pluginStops';
import { setPluginEnabled } from '../../host/plugins/disabledPlugins';
import { SettingsService } from '../../host/settings/settingsService';
import type { Application } from '../application';
import { registerAuthoring } from './plugin/authoring';
import { registerPluginAudit } from './plugin/audit';
import { registerGrants } from './plugin/grants';
import { registerInstalling } from './plugin/installing';
import { registerPluginList } from './plugin/list';
import { registerPluginShow } from './plugin/show';

export function registerPlugin(program: Command, application: Application, exit: (status: number) => void): void {
  const plugin = program.command('plugin').description('Plugins: what Diskwright is made of').helpCommand(false);
  registerPluginList(plugin, application);
  registerPluginShow(plugin, application);
  registerPluginAudit(plugin, application);
  registerSwitches(plugin, application);
  registerGrants(plugin, application);
  registerInstalling(plugin, application, exit);
  registerAuthoring(plugin, application, exit);
}

function registerSwitches(plugin: Command, application: Application): void {
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
        if (enabled) await new PluginStops(dataFolder()).forget(id);
        if (application.json) application.printJson({ id, enabled });
        else application.print(`${id} is ${word}d.`);
      });
  }
}
