import type { ListedDevice } from '../../common/index';
import { deviceFacts } from './deviceFactsLinux';
import { isMountOf, readMounts, readSwaps, deviceOfPath } from './mountsLinux';
import { allBlockDevices, readAttribute, type SysBlockDevice } from './sysfsLinux';

/** Where a mounted filesystem makes a disk the system's. */
const SYSTEM_PLACES = /^\/(boot|usr|etc|var|nix|sysroot)?$|^\/(boot|usr|var)\//;

/** All disks and other whole block devices with a medium, by name. Opens nothing. */
export function listDevices(): ListedDevice[] {
  const all = allBlockDevices();
  const mounts = readMounts();
  const swaps = readSwaps().flatMap(({ path }) => deviceOfPath(path) ?? []);
  return all
    .filter((device) => device.start === null)
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
    .map((device) => {
      const family = familyOf(device, all);
      const mounted = [
        ...new Set(
          family.flatMap((member) => mounts.filter((mount) => isMountOf(mount, member)).map((mount) => mount.mountPoint)),
        ),
      ];
      const swapped = family.some((member) => swaps.some(({ major, minor }) => major === member.major && minor === member.minor));
      const { model, serial, transport } = deviceFacts(device);
      return {
        path: `/dev/${device.name}`,
        size: device.size,
        sectorSize: Number(readAttribute(device.folder, 'queue/logical_block_size') ?? 512),
        model: model ?? device.loop?.path ?? null,
        serial,
        transport,
        readOnly: device.readOnly,
        system: swapped || mounted.some((point) => SYSTEM_PLACES.test(point)),
        mounted: mounted.slice(0, 256),
      };
    });
}

/** The disk, its partitions, and everything stacked on any of them. */
function familyOf(disk: SysBlockDevice, all: readonly SysBlockDevice[]): SysBlockDevice[] {
  const family = all.filter((device) => device.diskName === disk.name);
  // The array grows while it is walked, so that holders of holders are found; each device joins once.
  for (const member of family) {
    for (const holder of member.holders) {
      const found = all.filter((device) => device.diskName === holder.replaceAll('!', '/') && !family.includes(device));
      family.push(...found);
    }
  }
  return family;
}
