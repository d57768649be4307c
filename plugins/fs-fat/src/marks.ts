import type { StructureCopy } from '@diskwright/sdk';
import type { ByteRange, NamedRange } from '@diskwright/sdk/protocol';
import { clusterOffset, type FatGeometry } from './geometry';
import { bootSector16, bootSector32 } from './structures/bootSector';

/**
 * Without the boot sector and its backup nothing takes the volume for FAT; FSInfo, between them, has marks of its own. All lie in the reserved area,
 * each one sector.
 */
export function fatCommitExtents(geometry: FatGeometry, copies: readonly StructureCopy[], volumeSize: number): ByteRange[] {
  const offsets = new Set(copies.map((copy) => copy.offset));
  // Where the FAT begins at sector 1, its media descriptor alone tells old tools (mtools) that this is a DOS 1 floppy.
  if (geometry.fatOffset === geometry.bytesPerSector) offsets.add(geometry.fatOffset);
  if (geometry.fsInfoOffset !== null) offsets.add(geometry.fsInfoOffset);
  return [...offsets]
    .filter((offset) => offset <= volumeSize - geometry.bytesPerSector)
    .sort((a, b) => a - b)
    .map((offset) => ({ offset, length: geometry.bytesPerSector }));
}

/** What libblkid's vfat prober looks at: the jump, the type name, the signature word; in the backup as well. */
export function fatSignatures(geometry: FatGeometry, copies: readonly StructureCopy[]): NamedRange[] {
  const layout = geometry.boot32 ? bootSector32 : bootSector16;
  const fields = { jump: 'jump', typeName: 'type name', signature: 'signature' } as const;
  return copies.flatMap((copy) =>
    (Object.keys(fields) as (keyof typeof fields)[]).map((name) => {
      const range = layout.range(name);
      return { offset: copy.offset + range.offset, length: range.length, name: `${copy.name}: ${fields[name]}` };
    }),
  );
}

/**
 * What changes when somebody writes to the volume: the reserved area (state byte, FSInfo), the whole first active FAT, and the root directory (its first
 * cluster in FAT32). A FAT is hashed without a bound on purpose: every allocation shows in it, and it is at most 1/1024 of a volume with clusters of
 * 4 KiB. The mirrors are left out, since whoever writes one writes all.
 */
export function fatGenerationRanges(geometry: FatGeometry): ByteRange[] {
  const fat = geometry.activeFats[0] ?? 0;
  const root =
    geometry.rootCluster === null
      ? { offset: geometry.rootOffset, length: geometry.rootBytes }
      : { offset: clusterOffset(geometry, geometry.rootCluster), length: geometry.clusterBytes };
  return [
    { offset: 0, length: geometry.fatOffset },
    { offset: geometry.fatOffset + fat * geometry.fatBytes, length: geometry.fatBytes },
    root,
  ];
}
