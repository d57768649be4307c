import type { Command } from 'commander';
import type { PluginEntry } from '../../../common/workbench';
import { resolveDeviceName } from '../../../host/devices/resolveDeviceName';
import { dataFolder } from '../../../host/paths';
import { pluginEntries } from '../../../host/plugins/pluginEntries';
import { isDeviceCapability } from '../../../host/plugins/grants/capabilityGrants';
import { formatTable } from '../../../host/text/table';
import type { Application } from '../../application';

const GIVEN_TO_NONE = 'This version of Diskwright gives it to no plugin yet; the grant holds for one that does.';

/** `plugin grant`, `plugin revoke`, `plugin grants`. */
export function registerGrants(plugin: Command, application: Application): void {
  plugin
    .command('grant')
    .argument('<plugin>', 'its id, as "diskwright plugin list" shows it')
    .argument('<capability>', 'something that it asks for, such as device.read')
    .argument('[device]', 'the device that it may use; without one, a plugin may be asked about devices')
    .description('Let a plugin have what it asks for; a version that waited for nothing else comes into use')
    .action(async (id: string, capability: string, device?: string) => {
      const { pluginAdministration } = await application.host();
      const used = await pluginAdministration.grant(id, capability, device ?? null);
      if (application.json) return application.printJson({ id, capability, device: device ?? null, used: used?.version ?? null });
      application.print(grantedText(id, capability, device));
      if (used) application.print(`${id} ${used.version} is in use in place of ${used.previous ?? 'none'}.`);
    });

  plugin
    .command('revoke')
    .argument('<plugin>', 'its id')
    .argument('[capability]', 'what it may not do any longer; all of it without this')
    .argument('[device]', 'the device that it may not use any longer; all of them without this')
    .description('Take back what a plugin was granted; what it reads now over it ends at once')
    .action(async (id: string, capability?: string, device?: string) => {
      const { pluginAdministration, plugins } = await application.host();
      await plugins.capabilities.refresh();
      const isKnown =
        device !== undefined && Object.values(plugins.capabilities.of(id).devices).some(({ name }) => name === device);
      const name = device === undefined || isKnown ? device : resolveDeviceName(device, dataFolder());
      await pluginAdministration.revoke(id, capability ?? null, name ?? null);
      if (application.json) return application.printJson({ id, capability: capability ?? null, device: name ?? null });
      application.print(`${id} is not granted ${capability ?? 'anything'}${name === undefined ? '' : ` of ${name}`} any longer.`);
    });

  plugin
    .command('grants [plugin]')
    .description('List what you granted to plugins, and for which devices')
    .action(async (id?: string) => {
      const { plugins, devices } = await application.host();
      if (id !== undefined) plugins.registry.requireListed(id);
      const entries = (await pluginEntries(plugins, devices)).filter((entry) => id === undefined || entry.id === id);
      const rows = entries.flatMap(rowsOf);
      if (application.json) return application.printJson(rows);
      if (plugins.capabilities.problem !== null) application.message(plugins.capabilities.problem);
      if (rows.length === 0)
        return application.message('You have granted nothing; those that came with Diskwright have what they ask for.');
      application.print(
        formatTable(
          ['plugin', 'capability', 'device'],
          rows.map((row) => [row.plugin, row.capability, row.device ?? 'asked for each']),
        ),
      );
    });
}

function rowsOf({ id, grants }: PluginEntry): { plugin: string; capability: string; device: string | null }[] {
  return (grants ?? []).map(({ capability, device }) => ({ plugin: id, capability, device: device?.name ?? null }));
}

function grantedText(id: string, capability: string, device: string | undefined): string {
  if (device !== undefined) return `${id} is granted ${capability} of ${device}.`;
  if (isDeviceCapability(capability)) return `${id} may ask for ${capability} from now on; you are asked about each device.`;
  return `${id} is granted ${capability}. ${GIVEN_TO_NONE}`;
}
