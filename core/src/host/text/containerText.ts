import type { ContainerSummary } from '@diskwright/sdk/protocol';
import { formatExactSize, formatSize } from '../../common/text/size';
import { printable } from '../../common/text/printable';
import { formatPairs, formatTable } from './table';

/** So many devices of a container are named in one line. */
const MAX_NAMED = 8;

/** What a volume is a member of, in a line: `LVM2_member "vg" holds root (20 GiB), home (4 GiB)`. */
export function containerLine({ type, label, devices, locked }: ContainerSummary): string {
  const what = `${type}${label ? ` "${label}"` : ''}`;
  if (locked !== null) return printable(`${what} is locked: ${locked}`);
  if (devices.length === 0) return printable(`${what} holds no devices`);
  const named = devices
    .slice(0, MAX_NAMED)
    .map(({ name, size, unavailable }) => `${name} (${unavailable === undefined ? formatSize(size) : 'not available'})`);
  const more = devices.length > MAX_NAMED ? ` and ${devices.length - MAX_NAMED} more` : '';
  return printable(`${what} holds ${named.join(', ')}${more}`);
}

/** What a volume is a member of, and the devices in it with the names by which they are opened. */
export function containerText(volume: string, container: ContainerSummary): string {
  const { plugin, type, label, uuid, details, warnings, devices, locked } = container;
  if (locked !== null) {
    const how = `Its passphrase is asked for when ${volume}@NAME is opened, or given by --password-file or DISKWRIGHT_PASSWORD.`;
    return [printable(`${type}, read by ${plugin}, is locked: ${locked}`), printable(how)].join('\n');
  }
  const pairs: [string, string][] = [
    ['member of', type],
    ['label', label ?? ''],
    ['uuid', uuid ?? ''],
    ...details,
    ['read by', plugin],
  ];
  const lines = [formatPairs(pairs), ...warnings.map((warning) => printable(`Note: ${warning}`))];
  if (devices.length === 0) return [...lines, 'It holds no devices.'].join('\n');
  const rows = devices.map(({ name, size, unavailable }) => [`${volume}@${name}`, formatExactSize(size), unavailable ?? '']);
  return [...lines, '', formatTable(['device', 'size', 'not available'], rows)].join('\n');
}
