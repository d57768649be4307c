import type { ContainerSummary, DeviceLayout, FilesystemSummary, Finding } from '@diskwright/sdk/protocol';
import { printable } from '../../common/text/printable';
import { formatExactSize, formatSize } from '../../common/text/size';
import { containerLine } from './containerText';
import { formatTable } from './table';

const HEADER = ['#', 'start (bytes)', 'size', 'type', 'filesystem', 'label', 'used', 'name'];

/** A device's layout for people: a line about the device, a row a partition with what it holds, gaps in their places, findings. */
export function layoutText(layout: DeviceLayout): string {
  const { device, table, volume, container } = layout;
  const kind = table.type === 'none' ? 'no partition table' : `${table.type.toUpperCase()} ${table.id ?? ''}`.trim();
  const lines = [
    `${printable(device.path)}  ${formatExactSize(device.size)}, sectors of ${device.sectorSize}, ${printable(kind)}`,
  ];
  const rows = [
    ...layout.partitions.map((partition) => ({ start: partition.start, cells: partitionCells(partition) })),
    ...layout.gaps.map(({ start, size }) => ({ start, cells: ['', String(start), formatSize(size), 'free'] })),
  ].sort((a, b) => a.start - b.start);
  if (volume) lines.push(`One volume: ${filesystemText(volume)}`);
  else if (rows.length === 0 && !container) lines.push('Nothing is recognised on it.');
  if (rows.length > 0) {
    const cells = rows.map((row) => row.cells);
    lines.push(formatTable(HEADER, cells, { right: [0, 1, 2, 6] }));
  }
  if (container) lines.push(...containerLines(0, container));
  for (const { number, container: inside } of layout.partitions) if (inside) lines.push(...containerLines(number, inside));
  return [...lines, ...layout.findings.map(findingText)].join('\n');
}

function partitionCells({
  number,
  start,
  size,
  typeName,
  filesystem,
  container,
  name,
  bootable,
}: DeviceLayout['partitions'][number]): string[] {
  return [
    String(number),
    String(start),
    formatSize(size),
    typeName,
    filesystem?.type ?? container?.type ?? '-',
    filesystem?.label ?? container?.label ?? '',
    typeof filesystem?.used === 'number' ? formatSize(filesystem.used) : '',
    `${name ?? ''}${bootable ? ' (boot)' : ''}`.trim(),
  ];
}

/** What a volume is a member of, and how that is opened. */
function containerLines(partition: number, container: ContainerSummary): string[] {
  const further = container.warnings.map((warning) => printable(`Note: ${warning}`));
  const opened = container.locked !== null || container.devices.length > 0 ? `; opened by DEVICE#${partition}@NAME` : '';
  return [`#${partition}: ${containerLine(container)}${opened}`, ...further];
}

/** A filesystem in a few words: `ext4 "photos", 36 MiB, 7.4 MiB used`. */
function filesystemText({ type, label, size, used }: FilesystemSummary): string {
  const parts = [`${type}${label ? ` "${label}"` : ''}`, formatSize(size)];
  if (used !== null) parts.push(`${formatSize(used)} used`);
  return printable(parts.join(', '));
}

/** `error: the primary GPT header is damaged (at byte 512, 92 bytes)`, and what to do in a line of its own. */
export function findingText({ severity, message, ranges, todo }: Finding): string {
  const first = ranges[0];
  const place = first ? ` (at byte ${first.offset}, ${first.length} bytes)` : '';
  const advice = todo ? `\n  ${todo.charAt(0).toUpperCase()}${printable(todo.slice(1))}` : '';
  return `${severity}: ${printable(message)}${place}${advice}`;
}
