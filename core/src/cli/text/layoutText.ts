import type { DeviceLayout, Finding } from '@diskwright/sdk/protocol';
import { formatSize } from './size';
import { formatTable, printable } from './table';

/** A device's layout for people: a line about the device, a row a partition with what it holds, gaps in their places, findings. */
export function layoutText(layout: DeviceLayout): string {
  const { device, table, volume } = layout;
  const kind = table.type === 'none' ? 'no partition table' : `${table.type.toUpperCase()} ${table.id ?? ''}`.trim();
  const lines = [
    `${printable(device.path)}  ${formatSize(device.size)} (${device.size} bytes), sectors of ${device.sectorSize}, ${kind}`,
  ];
  if (volume) lines.push(`One volume: ${filesystemText(volume)}`);
  const rows = [
    ...layout.partitions.map((partition) => ({
      start: partition.start,
      cells: [
        String(partition.number),
        String(partition.start),
        formatSize(partition.size),
        printable(partition.typeName),
        partition.filesystem ? partition.filesystem.type : '-',
        printable(partition.filesystem?.label ?? ''),
        partition.filesystem?.used == null ? '' : formatSize(partition.filesystem.used),
        `${printable(partition.name ?? '')}${partition.bootable ? ' (boot)' : ''}`.trim(),
      ],
    })),
    ...layout.gaps.map((gap) => ({
      start: gap.start,
      cells: ['', String(gap.start), formatSize(gap.size), 'free', '', '', '', ''],
    })),
  ].sort((a, b) => a.start - b.start);
  if (rows.length > 0) {
    lines.push(
      formatTable(
        ['#', 'start', 'size', 'type', 'filesystem', 'label', 'used', 'name'],
        rows.map((row) => row.cells),
        [0, 1, 2, 6],
      ),
    );
  }
  return [...lines, ...layout.findings.map(findingText)].join('\n');
}

function filesystemText(filesystem: NonNullable<DeviceLayout['volume']>): string {
  const used = filesystem.used === null ? '' : `, ${formatSize(filesystem.used)} used`;
  return `${filesystem.type}${filesystem.label ? ` "${printable(filesystem.label)}"` : ''}, ${formatSize(filesystem.size)}${used}`;
}

/** `error: the primary GPT header is damaged (at byte 512, 92 bytes). Repair it …` */
export function findingText(finding: Finding): string {
  const first = finding.ranges[0];
  const place = first ? ` (at byte ${first.offset}, ${first.length} bytes)` : '';
  return `${finding.severity}: ${printable(finding.message)}${place}${finding.todo ? `. ${printable(finding.todo)}` : ''}`;
}
