/** What NTFS is held against: images by mkfs.ntfs and the driver ntfs-3g, read by the driver and ntfsprogs. */
import { execFileSync } from 'node:child_process';
import { match } from 'node:assert/strict';
import { statSync } from 'node:fs';
import { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import {
  blkid,
  defineConformance,
  folderListing,
  type ListedFile,
  type Listing,
  type Recipe,
  runTool,
} from '@diskwright/sdk/testing';
import { NtfsImage, ntfsTools } from '../testing/ntfsImage';
import { recipes } from './recipes';

const MIB = 1024 * 1024;
const BITMAP_RECORD = '6';
const MOST_FILES_WITH_EXTENTS = 12;
/** The driver shows named streams as attributes. */
const STREAM_PREFIX = /^user\./;

async function oracle(path: string, { sectorSize = 512 }: Recipe): Promise<Listing> {
  const image = new NtfsImage(path);
  let mounted = new Map<string, ListedFile>();
  const only = ['type', 'size', 'modified', 'links', 'target', 'content', 'node'] as const;
  await image.mounted((folder) => void (mounted = folderListing(folder, { only, streams: true })), 'ro');
  const { TYPE: type, UUID: uuid = null } = blkid(path);
  const clusterBytes = Number(/Cluster Size:\s*(\d+)/.exec(runTool('ntfsinfo', ['-m', path]))![1]);
  const files = new Map([...mounted].map(([name, file]) => [name, comparable(file)]));
  for (const file of largest(files)) file.extents = extentsOf(path, file.node!, clusterBytes);
  return {
    files,
    // The system's own, which the driver does not show.
    hidden: /^\$/,
    type: type!,
    uuid,
    label: runTool('ntfslabel', ['-n', path]).replace(/\n$/, '') || null,
    ...allocation(path, sectorSize, clusterBytes),
  };
}

/** Of folders the driver tells one link always, of links the length of what they lead to and not of what is kept. */
function comparable({ links, size, streams = {}, ...file }: ListedFile): ListedFile {
  const named = Object.fromEntries(Object.entries(streams).map(([name, value]) => [name.replace(STREAM_PREFIX, ''), value]));
  return {
    ...file,
    ...(file.type === 'file' && { size }),
    ...(file.type !== 'directory' && { links }),
    ...(file.type === 'file' && { streams: named }),
  };
}

/** ntfsinfo is asked about each file by itself. */
function largest(files: ReadonlyMap<string, ListedFile>): ListedFile[] {
  const sized = [...files.values()].filter(({ type, node, size }) => type === 'file' && node !== undefined && size! > 0);
  return sized.sort((a, b) => b.size! - a.size!).slice(0, MOST_FILES_WITH_EXTENTS);
}

/** The runs of the content, without holes, by ntfsinfo. */
function extentsOf(path: string, record: string, clusterBytes: number): ByteRange[] {
  const extents: ByteRange[] = [];
  for (const attribute of runTool('ntfsinfo', ['-v', '-i', record, path]).split('Dumping attribute ')) {
    if (!attribute.startsWith('$DATA') || /Attribute name:/.test(attribute)) continue;
    for (const [, cluster, count] of attribute.matchAll(/^\s+0x[\da-f]+\t+0x([\da-f]+)\t+0x([\da-f]+)$/gm))
      extents.push({ offset: parseInt(cluster!, 16) * clusterBytes, length: parseInt(count!, 16) * clusterBytes });
  }
  return extents;
}

/** What $Bitmap says by ntfscat, and the last sector, which has the copy of the boot sector. */
function allocation(path: string, sectorSize: number, clusterBytes: number): Pick<Listing, 'allocated' | 'mostMore'> {
  const { size } = statSync(path);
  const bitmap = execFileSync('ntfscat', ['-i', BITMAP_RECORD, path], { maxBuffer: 256 * MIB });
  const clusters = Math.floor((size - sectorSize) / clusterBytes);
  const used: ByteRange[] = [];
  for (let index = 0; index < bitmap.length; index++) {
    if (bitmap[index] === 0) continue;
    for (let bit = 0; bit < 8; bit++) {
      const cluster = index * 8 + bit;
      if (((bitmap[index]! >>> bit) & 1) === 1 && cluster < clusters)
        used.push({ offset: cluster * clusterBytes, length: clusterBytes });
    }
  }
  used.push({ offset: size - sectorSize, length: sectorSize });
  return { allocated: ExtentList.fromRanges(used), mostMore: clusterBytes + sectorSize };
}

export default defineConformance({
  filesystem: 'ntfs',
  tools: [...ntfsTools, 'python3'],
  recipes,
  oracle,
  judgeCopy: (copy) => match(runTool('ntfsfix', ['-n', copy]), /OK/, 'ntfsfix does not like the copy'),
});
