import { type Command, InvalidArgumentError, Option } from 'commander';
import type { AuditRecord } from '../../../common/audit';
import { formatSize, plural } from '../../../common/text/size';
import { resolveDeviceName } from '../../../host/devices/resolveDeviceName';
import { dataFolder } from '../../../host/paths';
import { readAudit } from '../../../host/plugins/audit/readAudit';
import { formatTable } from '../../../host/text/table';
import type { Application } from '../../application';

interface Options {
  device?: string;
  operation?: 'read' | 'write';
  since?: string;
  limit: number;
}

/** `plugin audit`. */
export function registerPluginAudit(plugin: Command, application: Application): void {
  plugin
    .command('audit')
    .argument('[plugin]', 'its id, as "diskwright plugin list" shows it')
    .option('--device <device>', 'only what was read and written of this device')
    .addOption(new Option('--operation <kind>', 'only what was read, or what was written').choices(['read', 'write']))
    .option('--since <time>', 'only what ended then or later, such as 2026-01-31 or 2026-01-31T18:00:00Z', time)
    .option('--limit <count>', 'at most so many records, the newest', count, 100)
    .description('Show which plugin read which ranges of which device, and when; and what jobs read and wrote by its plans')
    .action(async (id: string | undefined, { device, operation, since, limit }: Options) => {
      const home = dataFolder();
      const name = device === undefined ? undefined : resolveDeviceName(device, home);
      const records = await readAudit(home, { plugin: id, device: name, operation, since, limit });
      if (application.json) return application.printJson(records);
      if (records.length === 0) return application.message('Nothing is on record that fits.');
      application.print(formatTable(['when', 'plugin', 'user', 'device', 'did', 'ranges', 'job'], records.map(row)));
    });
}

function row({ last, plugin, version, user, device, operation, bytes, requests, ranges, rounded, job }: AuditRecord): string[] {
  const done = `${operation} ${formatSize(bytes)}${job ? '' : ` in ${plural(requests, 'request')}`}`;
  const who = plugin === null ? 'Diskwright' : `${plugin} ${version}`;
  return [last, who, user.name, device, done, rangesInWords(ranges, rounded), job ? `${job.id} (${job.state})` : ''];
}

function rangesInWords(ranges: AuditRecord['ranges'], rounded: boolean): string {
  if (ranges.length === 0) return '';
  const [offset, length] = ranges[0]!;
  const more = ranges.length > 1 ? ` and ${ranges.length - 1} more` : '';
  return `${rounded ? 'within ' : ''}${offset}–${offset + length - 1}${more}`;
}

function time(text: string): string {
  const value = new Date(text);
  if (!Number.isNaN(value.getTime())) return value.toISOString();
  throw new InvalidArgumentError('Give a time such as 2026-01-31 or 2026-01-31T18:00:00Z.');
}

function count(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1 && value <= 100_000) return value;
  throw new InvalidArgumentError('Give a number from 1 to 100000.');
}
