import { type Command, InvalidArgumentError } from 'commander';
import type { AuditRecord } from '../../../common/audit';
import { formatSize, plural } from '../../../common/text/size';
import { resolveDeviceName } from '../../../host/devices/resolveDeviceName';
import { dataFolder } from '../../../host/paths';
import { readAudit } from '../../../host/plugins/audit/readAudit';
import { formatTable } from '../../../host/text/table';
import type { Application } from '../../application';

interface Options {
  device?: string;
  limit: number;
}

/** `plugin audit`. */
export function registerPluginAudit(plugin: Command, application: Application): void {
  plugin
    .command('audit')
    .argument('[plugin]', 'its id, as "diskwright plugin list" shows it')
    .option('--device <device>', 'only what was read of this device')
    .option('--limit <count>', 'at most so many records, the newest', count, 100)
    .description('Show which plugin read which ranges of which device, and when')
    .action(async (id: string | undefined, { device, limit }: Options) => {
      const home = dataFolder();
      const name = device === undefined ? undefined : resolveDeviceName(device, home);
      const records = await readAudit(home, { plugin: id, device: name, limit });
      if (application.json) return application.printJson(records);
      if (records.length === 0) return application.message('No reading by plugins is on record that fits.');
      application.print(formatTable(['when', 'plugin', 'user', 'device', 'read', 'ranges'], records.map(row)));
    });
}

function row({ last, plugin, version, user, device, bytes, requests, ranges, rounded }: AuditRecord): string[] {
  const [offset, length] = ranges[0]!;
  const read = `${formatSize(bytes)} in ${plural(requests, 'request')}`;
  const shown = `${offset}–${offset + length - 1}${ranges.length > 1 ? ` and ${ranges.length - 1} more` : ''}${rounded ? ', rounded' : ''}`;
  return [last, `${plugin} ${version}`, user.name, device, read, shown];
}

function count(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1 && value <= 100_000) return value;
  throw new InvalidArgumentError('Give a number from 1 to 100000.');
}
