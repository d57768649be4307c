import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemorySource } from '@diskwright/sdk/block';
import { SeededRandom } from '@diskwright/sdk/testing';
import { InodeTable } from '../files/inodeTable';
import { JournalFile } from '../journal/journalFile';
import { logLayout } from '../journal/logLayout';
import { journalMagic, journalSuperblock } from '../structures/journalSuperblock';
import { readVolume, requireGeometry } from '../volume';
import { ExtImage } from './extImage';
import { signal } from './openImage';

const mebibyte = 1024 * 1024;
const START_AT = journalSuperblock.range('start').offset;

/** A kind of journal: features of the filesystem, and how debugfs is to open it. */
export interface JournalKind {
  name: string;
  features: string;
  open: string;
  blockSize: 1024 | 4096;
  /** Of the five transactions those that are whole: in journals of version 2, debugfs gives revoke blocks no checksum. */
  whole: number;
}

export const journals: readonly JournalKind[] = [
  { name: 'no checksums, 32 bit', features: '^metadata_csum,^64bit', open: 'jo', blockSize: 1024, whole: 5 },
  { name: 'no checksums, 64 bit', features: '^metadata_csum,64bit', open: 'jo', blockSize: 4096, whole: 5 },
  { name: 'checksums of version 2, 32 bit', features: '^metadata_csum,^64bit', open: 'jo -c -v 2', blockSize: 1024, whole: 3 },
  { name: 'checksums of version 2, 64 bit', features: '^metadata_csum,64bit', open: 'jo -c -v 2', blockSize: 4096, whole: 3 },
  { name: 'checksums of version 3, 32 bit', features: 'metadata_csum,^64bit', open: 'jo -c -v 3', blockSize: 4096, whole: 5 },
  { name: 'checksums of version 3, 64 bit', features: 'metadata_csum,64bit', open: 'jo -c -v 3', blockSize: 1024, whole: 5 },
];

/** Blocks that the first transaction writes, from {@link firstWritten} on. */
const FIRST_BLOCKS = 150;

/** The first block that transactions of {@link journalledImage} write; nothing else uses it. */
export const firstWritten = (size: number, blockSize: number): number => size / blockSize - 400;

/**
 * The bytes of an image with five transactions by debugfs that wait to be replayed: escaped blocks, blocks written twice, revoked ones, some of those written again, and
 * behind them one that was never committed.
 */
export function journalledImage({ features, open, blockSize }: JournalKind): Buffer {
  const image = new ExtImage();
  try {
    const size = blockSize === 1024 ? 8 * mebibyte : 16 * mebibyte;
    image.format(size, ['-t', 'ext4', '-b', String(blockSize), '-O', features, '-J', `size=${blockSize / 1024}`]);
    const random = new SeededRandom(blockSize);
    const first = firstWritten(size, blockSize);
    const write = (name: string, from: number, count: number): string => {
      const bytes = random.bytes(count * blockSize);
      for (let block = 0; block < count; block += 3) bytes.writeUInt32BE(journalMagic, block * blockSize);
      writeFileSync(join(image.folder, name), bytes);
      return `-b ${numbers(from, count)} ${join(image.folder, name)}`;
    };
    image.debugfs([
      open,
      `jw ${write('one', first, FIRST_BLOCKS)}`,
      `jw ${write('two', first + 100, 40)}`,
      `jw ${write('three', first + 200, 3)}`,
      `jw -r ${numbers(first + 10, 30)}`,
      `jw ${write('four', first + 20, 5)}`,
      `jw -c ${write('five', first + 300, 3)}`,
      'jc',
    ]);
    return readFileSync(image.path);
  } finally {
    image.remove();
  }
}

const numbers = (from: number, count: number): string => Array.from({ length: count }, (_, index) => from + index).join(',');

/** Where a journal lies in an image. */
export interface LogPlace {
  blockSize: number;
  /** Where a block of the journal begins, in bytes. */
  offsetOf: (block: number) => number;
  /** The log is a ring of the blocks from `first` up to `end`. */
  first: number;
  end: number;
}

export async function logPlaceOf(bytes: Buffer): Promise<LogPlace> {
  const volume = await readVolume(new MemorySource(bytes), signal);
  const geometry = requireGeometry(volume);
  const table = await InodeTable.open(volume, signal);
  const file = await JournalFile.open(table, volume.superblock.journalInode, signal);
  const head = bytes.subarray(file.offsetOf(0), file.offsetOf(0) + journalSuperblock.size);
  const { firstBlock, endBlock, blockSize } = logLayout(head, geometry.blockSize, file.blocks);
  return { blockSize, offsetOf: (block) => file.offsetOf(block), first: firstBlock, end: endBlock };
}

/** The image, with the ring of its log turned by `blocks`, so that it goes round its end. The journal's superblock must have no checksum. */
export function turnLog(image: Buffer, { blockSize, offsetOf, first, end }: LogPlace, blocks: number): Buffer {
  const turned = Buffer.from(image);
  const count = end - first;
  for (let index = 0; index < count; index++) {
    const from = offsetOf(first + index);
    image.copy(turned, offsetOf(first + ((index + blocks) % count)), from, from + blockSize);
  }
  const start = image.readUInt32BE(offsetOf(0) + START_AT);
  turned.writeUInt32BE(first + ((start - first + blocks) % count), offsetOf(0) + START_AT);
  return turned;
}
