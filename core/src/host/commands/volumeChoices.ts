import type { DeviceLayout } from '@diskwright/sdk/protocol';
import { formatSize } from '../../common/text/size';

/** A value that a field may take. */
export interface Choice {
  value: string;
  label: string;
}

/** The volumes of a device, for a field that names one. @param device as the user named it */
export function volumeChoices(device: string, { device: { size }, table, partitions, volume }: DeviceLayout): Choice[] {
  const whole = {
    value: `${device}#0`,
    label: ['whole device', filesystemText(volume), formatSize(size)].filter(Boolean).join(', '),
  };
  if (table.type === 'none') return [whole];
  return partitions
    .filter(({ role }) => role !== 'extended')
    .map(({ number, name, filesystem, typeName, size: bytes }) => ({
      value: `${device}#${number}`,
      label: [`partition ${number}`, name, filesystemText(filesystem) || typeName, formatSize(bytes)].filter(Boolean).join(', '),
    }));
}

function filesystemText(filesystem: DeviceLayout['volume']): string {
  if (!filesystem) return '';
  return filesystem.label ? `${filesystem.type} "${filesystem.label}"` : filesystem.type;
}
