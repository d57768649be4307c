import type { OpenedDevice } from '../../common';
import { formatSize } from '../../common/text/size';
import { printable } from '../../common/text/printable';
import { formatTable } from './table';

/** So many snapshots are named; a list of all of them is for `--json`. */
const MAX_SNAPSHOTS_SHOWN = 20;

/** What is to be known of the image file that a device lies in, line by line. */
export function imageText({ title, plugin, snapshot, details, warnings, snapshots, snapshotCount }: ImageOf): string {
  const facts = details.map(([name, value]) => `${name} ${value}`).join(', ');
  const lines = [printable(`In an image: ${title}, read by ${plugin}${facts === '' ? '' : `; ${facts}`}`)];
  if (snapshot !== null) lines.push(printable(`Shown as it was in the snapshot ${snapshot}`));
  lines.push(...warnings.map((warning) => printable(`Note: ${warning}`)));
  if (snapshotCount === 0) return lines.join('\n');
  lines.push(`${snapshotCount === 1 ? 'One snapshot' : `${snapshotCount} snapshots`}, opened by DEVICE@NAME:`);
  const shown = snapshots.slice(0, MAX_SNAPSHOTS_SHOWN);
  const rows = shown.map(({ name, size, createdAt }) => [name, size === undefined ? '' : formatSize(size), createdAt ?? '']);
  lines.push(formatTable(['name', 'size', 'made'], rows));
  if (snapshotCount > shown.length) lines.push(`… and ${snapshotCount - shown.length} more`);
  return lines.join('\n');
}

type ImageOf = NonNullable<OpenedDevice['image']>;
