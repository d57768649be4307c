import type { ByteRange, NamedRange } from '@diskwright/sdk/protocol';
import type { BootRegion } from './bootRegion';
import { BOOT_REGION_SECTORS, type ExfatGeometry } from './geometry';
import { bootSector, FILESYSTEM_NAME } from './structures/bootSector';

/** Both boot regions: without them nothing takes the volume for exFAT. */
export function commitExtents({ bytesPerSector }: ExfatGeometry, volumeSize: number): ByteRange[] {
  return [{ offset: 0, length: Math.min(2 * BOOT_REGION_SECTORS * bytesPerSector, volumeSize) }];
}

/** What libblkid's exFAT prober looks at, in the backup as well where that is a boot sector. */
export function signatures(regions: readonly BootRegion[]): NamedRange[] {
  return regions
    .filter(({ raw }) => bootSector.read(raw).name === FILESYSTEM_NAME)
    .flatMap(({ name, offset }) =>
      (['name', 'signature'] as const).map((part) => {
        const range = bootSector.range(part);
        return { offset: offset + range.offset, length: range.length, name: `${name}: ${part}` };
      }),
    );
}
