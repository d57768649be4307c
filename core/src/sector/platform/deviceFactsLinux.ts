import { blockDeviceOf, readAttribute } from './sysfsLinux';

/** What the kernel knows of the disk behind a device node; of a partition, its disk. */
export interface DeviceFacts {
  model: string | null;
  serial: string | null;
  /** `ata`, `usb`, `nvme`, `virtio`, `mmc`, `scsi`, `loop`, `device-mapper`, `md`, `nbd`. */
  transport: string | null;
}

/** Model, serial and transport by device number; nulls for a device that the kernel tells nothing of. */
export function deviceFacts(number: { major: number; minor: number }): DeviceFacts {
  const found = blockDeviceOf(number);
  if (!found) return { model: null, serial: null, transport: null };
  const disk = found.diskFolder;
  return {
    model: firstOf(disk, ['device/model', 'device/name']),
    serial: firstOf(disk, ['serial', 'device/serial']) ?? pageSerial(disk),
    transport: transportOf(disk),
  };
}

/** The device node of the whole disk; of a device that is no partition, its own. */
export function wholeDiskPath(number: { major: number; minor: number }): string {
  const found = blockDeviceOf(number);
  return found ? `/dev/${found.diskName}` : `/dev/block/${number.major}:${number.minor}`;
}

/**
 * What the kernel counts up each time another disk, medium or loop device's file comes under a number (`diskseq`, Linux 5.15 and later); of a partition,
 * that of its disk. Null where it does not.
 */
export function diskSequence(number: { major: number; minor: number }): string | null {
  const found = blockDeviceOf(number);
  return (found && readAttribute(found.diskFolder, 'diskseq')?.trim()) || null;
}

function firstOf(folder: string, attributes: readonly string[]): string | null {
  for (const attribute of attributes) {
    const value = readAttribute(folder, attribute)?.trim();
    if (value) return value;
  }
  return null;
}

/** SCSI vital product data page 0x80 (SPC-4, §7.8.15): four bytes, then the serial number in ASCII. */
function pageSerial(folder: string): string | null {
  const page = readAttribute(folder, 'device/vpd_pg80');
  const serial = page
    ?.slice(4)
    .replace(/[^\x20-\x7e]/g, '')
    .trim();
  return serial ? serial : null;
}

const TRANSPORTS: readonly [RegExp, string][] = [
  [/\/usb\d/, 'usb'],
  [/\/nvme\//, 'nvme'],
  [/\/ata\d/, 'ata'],
  [/\/mmc_host\//, 'mmc'],
  [/\/virtio\d/, 'virtio'],
  [/\/block\/loop\d+$/, 'loop'],
  [/\/block\/dm-\d+$/, 'device-mapper'],
  [/\/block\/md[^/]+$/, 'md'],
  [/\/block\/nbd\d+$/, 'nbd'],
  [/\/host\d+\//, 'scsi'],
];

function transportOf(folder: string): string | null {
  return TRANSPORTS.find(([pattern]) => pattern.test(folder))?.[1] ?? null;
}
