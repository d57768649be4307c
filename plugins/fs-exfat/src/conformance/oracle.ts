import { statSync } from 'node:fs';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { blkid, folderListing, type ListedFile, type Listing, missingTools, runTool } from '@diskwright/sdk/testing';
import { ExfatImage, LABEL } from '../testing/exfatImage';

const MOST_FILES_WITH_EXTENTS = 6;
/** In every listing fls looks for lost files in all sectors. */
const LARGEST_LISTED_BYTES = 32 * 1024 * 1024;
/** Of every image. */
const SECTOR_BYTES = 512;

/** The tree by the FUSE driver, which tells whole seconds; the allocation by the bitmap that dump.exfat finds. */
export function oracle(path: string): Listing {
  const image = new ExfatImage(path);
  let mounted = new Map<string, ListedFile>();
  image.mounted((folder) => (mounted = folderListing(folder, { only: ['type', 'size', 'modified', 'content'] })));
  const files = new Map(
    [...mounted].map(([name, file]): [string, ListedFile] => [
      name,
      { ...file, modified: file.modified!.slice(0, 1) as [number] },
    ]),
  );
  for (const [name, extents] of extentsByIstat(image, files)) files.set(name, { ...files.get(name), extents });
  const { TYPE: type = '', UUID: uuid = null } = blkid(path);
  return { files, allocated: image.usedExtents(), mostMore: 0, label: LABEL, type, uuid };
}

/** Of the largest files of a small image, where sleuthkit is there: it is asked about each by itself. It shows no name as it is in which something controls a terminal. */
function* extentsByIstat(image: ExfatImage, files: ReadonlyMap<string, ListedFile>): Generator<[string, ByteRange[]]> {
  if (missingTools(['fls', 'istat']).length > 0 || statSync(image.path).size > LARGEST_LISTED_BYTES) return;
  const clusterBytes = image.clusterBytes();
  const entries = new Map<string, string>();
  for (const [, entry, name] of runTool('fls', ['-f', 'exfat', '-r', '-p', image.path]).matchAll(/^r\/r (\d+):\t(.*)$/gm))
    entries.set(name!, entry!);
  const listed = [...files].filter(([name, { size }]) => entries.has(name) && size! > 0);
  for (const [name] of listed.sort(([, a], [, b]) => b.size! - a.size!).slice(0, MOST_FILES_WITH_EXTENTS)) {
    const [, sectors] = runTool('istat', ['-f', 'exfat', image.path, entries.get(name)!]).split('\nSectors:\n');
    yield [name, clustersOf(sectors!.trim().split(/\s+/).map(Number), clusterBytes)];
  }
}

/** It lists the sectors of the content, and zeros up to the end of the last cluster. */
function clustersOf(sectors: readonly number[], clusterBytes: number): ByteRange[] {
  const clusters: ByteRange[] = [];
  for (let index = 0; index < sectors.length; index += clusterBytes / SECTOR_BYTES)
    clusters.push({ offset: sectors[index]! * SECTOR_BYTES, length: clusterBytes });
  return clusters;
}
