import type { ScratchImage } from '@diskwright/sdk/testing';
import { crc16 } from '../checksum/crc16';
import { crc32c } from '@diskwright/sdk/struct';
import type { Geometry } from '../geometry';
import { longGroupDescriptor } from '../structures/groupDescriptor';
import { superblock, superblockOffset } from '../structures/superblock';
import { descriptorBlock } from '../superblockPlaces';

const at = (name: Parameters<typeof longGroupDescriptor.range>[0]): number => longGroupDescriptor.range(name).offset;

/**
 * Puts all checksums right again after an image was damaged, so that a parser has nothing but its own checks to rely on. Descriptors are where
 * `geometry` (of the image before) says; what a damaged descriptor leads out of the image is left alone.
 */
export function fixChecksums(image: ScratchImage, geometry: Geometry): void {
  for (let group = 0; group < geometry.groupsCount; group++) fixGroup(image, geometry, group);
  if (image.size < superblockOffset + superblock.size) return;
  const { offset } = superblock.range('checksum');
  image.write(superblockOffset + offset, word(crc32c(0xffffffff, image.read(superblockOffset, offset))));
}

function fixGroup(image: ScratchImage, geometry: Geometry, group: number): void {
  const { descriptorsPerBlock, descriptorSize, blockSize, checksumSeed, uuid } = geometry;
  const place =
    descriptorBlock(geometry, Math.floor(group / descriptorsPerBlock)) * blockSize +
    (group % descriptorsPerBlock) * descriptorSize;
  if (geometry.descriptorChecksum === 'none' || place > image.size - descriptorSize) return;
  const descriptor = image.read(place, descriptorSize);
  if (geometry.descriptorChecksum === 'crc32c') {
    fixBitmap(image, geometry, descriptor, 'block', geometry.clustersPerGroup >>> 3);
    fixBitmap(image, geometry, descriptor, 'inode', geometry.inodesPerGroup >>> 3);
  }
  descriptor.writeUInt16LE(0, at('checksum'));
  const parts = [descriptor.subarray(0, at('checksum')), descriptor.subarray(at('checksum') + 2)] as const;
  const checksum =
    geometry.descriptorChecksum === 'crc32c'
      ? crc32c(crc32c(checksumSeed, word(group)), descriptor)
      : crc16(crc16(crc16(crc16(0xffff, uuid), word(group)), parts[0]), parts[1]);
  descriptor.writeUInt16LE(checksum & 0xffff, at('checksum'));
  image.write(place, descriptor);
}

function fixBitmap(image: ScratchImage, geometry: Geometry, descriptor: Buffer, kind: 'block' | 'inode', bytes: number): void {
  const offset = descriptor.readUInt32LE(at(`${kind}BitmapLow`)) * geometry.blockSize;
  if (offset > image.size - bytes) return;
  const checksum = crc32c(geometry.checksumSeed, image.read(offset, bytes));
  descriptor.writeUInt16LE(checksum & 0xffff, at(`${kind}BitmapChecksumLow`));
  if (geometry.descriptorSize >= longGroupDescriptor.size)
    descriptor.writeUInt16LE(checksum >>> 16, at(`${kind}BitmapChecksumHigh`));
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}
