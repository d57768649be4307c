/** What btrfs is held against: images by mkfs.btrfs and the kernel, read by the kernel and btrfs-progs. */
import { strictEqual } from 'node:assert/strict';
import { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import {
  blkid,
  defineConformance,
  folderListing,
  type KernelExtent,
  type ListedFile,
  type Listing,
  type Recipe,
  tryTool,
} from '@diskwright/sdk/testing';
import { BtrfsImage, btrfsTools, type DumpedExtents, placesOf } from '../testing/btrfsImage';
import { mendedBlocks } from './mendedBlocks';
import { imageCases, type ImageCase, makeCase } from './imageCases';

const MEBIBYTE = 1024 * 1024;
const LARGEST_CLONED = 2 ** 30;
/** Of the first MiB the dump tells nothing, and nothing of the copies of the superblock. */
const RESERVED: { offset: number; length: number }[] = [{ offset: 0, length: MEBIBYTE }];
const MOST_COPIES_BYTES = 3 * 65_536;
/** Of a file, in one extent. */
const MOST_COMPRESSED_BYTES = 131_072;
/** Of the directory that the kernel makes up for a subvolume that a snapshot does not hold. */
const STUB_INODE = '2';

function recipeOf(given: ImageCase): Recipe {
  const { name, sectorSize, isLong } = given;
  return {
    name,
    needsRoot: true,
    ...(sectorSize && { sectorSize }),
    ...(isLong && { isLong }),
    isNotCopied: (given.size ?? 0) > LARGEST_CLONED,
    make: (path) => makeCase(new BtrfsImage(path), given),
  };
}

function oracle(path: string): Listing {
  const image = new BtrfsImage(path);
  let mounted = new Map<string, ListedFile>();
  const dump = image.extentsByDump();
  const extents = (told: readonly KernelExtent[]): ByteRange[] => placed(dump, told);
  image.mounted((folder) => (mounted = folderListing(folder, { streams: true, extents })), 'loop,ro,subvolid=5');
  const files = new Map<string, ListedFile>();
  for (const [name, { node, ...file }] of mounted) {
    const isStub = file.type === 'directory' && node === STUB_INODE;
    files.set(name, isStub ? { type: 'directory' } : file);
  }
  const allocated = ExtentList.fromRanges([...dump.used, ...RESERVED]);
  return { files, allocated, mostMore: MOST_COPIES_BYTES, type: 'btrfs', uuid: blkid(path)['UUID']! };
}

/**
 * The kernel tells logical addresses, and of a compressed extent how many bytes of the file it holds; parts of one it tells one by one, and as one what is
 * followed by another just where it would end if it were not compressed.
 */
function placed({ chunks, lengths }: DumpedExtents, told: readonly KernelExtent[]): ByteRange[] {
  const extents: ByteRange[] = [];
  for (const { offset, length, isEncoded } of told) {
    let [logical, left] = [offset, length];
    for (; isEncoded && left > MOST_COMPRESSED_BYTES; left -= lengths.get(logical)!, logical += lengths.get(logical)!)
      addEncoded(logical);
    if (isEncoded) addEncoded(logical);
    else extents.push(placesOf(chunks, logical, left)[0]!);
  }
  return extents;

  function addEncoded(logical: number): void {
    const extent = placesOf(chunks, logical, lengths.get(logical)!)[0]!;
    if (extents.at(-1)?.offset !== extent.offset) extents.push(extent);
  }
}

export default defineConformance({
  filesystem: 'btrfs',
  tools: [...btrfsTools, 'btrfstune', 'python3', 'chattr', 'fallocate'],
  recipes: imageCases.map(recipeOf),
  oracle,
  mend: ([path], _, mutation) => mendedBlocks(path!, mutation),
  judgeCopy: (copy) =>
    strictEqual(
      tryTool('btrfs', ['check', '--readonly', '--check-data-csum', copy]).status,
      0,
      'btrfs check does not like the copy',
    ),
});
