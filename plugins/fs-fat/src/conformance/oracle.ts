import { createHash } from 'node:crypto';
import { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { comparedRanges, type ListedFile, type ListedTime, type Listing, runTool } from '@diskwright/sdk/testing';
import { FatImage, type Oracle, run } from '../testing/fatImage';
import type { FatRecipe } from './recipes';

/** Names, types, sizes and times by fls, contents by mcopy, chains by mshowfat, the allocation by mshowfat and fsck.fat. */
export async function oracle(
  path: string,
  { sectorSize, badClusters, byFlsOnly, isCrowded, findings }: FatRecipe,
): Promise<Listing> {
  const image = new FatImage(path);
  const { files, addresses } = flsFiles(path, sectorSize);
  const used = image.oracle(badClusters, !byFlsOnly && !isCrowded);
  const { TYPE: type = '', LABEL: label = null, UUID: uuid = null } = image.blkid();
  if (byFlsOnly) {
    for (const [name, address] of addresses) files.set(name, { ...files.get(name), content: contentByIcat(path, address) });
  } else {
    for (const [name, content] of image.contents()) {
      const hash = createHash('sha256').update(Buffer.from(content, 'base64')).digest('hex');
      files.set(name, { ...files.get(name), content: hash });
    }
    for (const [name, extents] of chains(path, [...files.keys()], used)) files.set(name, { ...files.get(name), extents });
  }
  const usedBytes = used.dataOffset + used.usedClusters.length * used.clusterBytes;
  return { files, allocated: allocatedBy(used), mostMore: 0, type, label, uuid, used: usedBytes, findings };
}

/** The tree as The Sleuth Kit shows it, deleted files and its own virtual ones left out, and what it calls files. It tells whole seconds. */
function flsFiles(image: string, sectorSize = 512): { files: Map<string, ListedFile>; addresses: Map<string, string> } {
  const args = ['-f', 'fat', '-b', String(sectorSize), '-r', '-l', '-p', '-u', '-z', 'UTC', image];
  const listing = runTool('fls', args, { environment: { TZ: 'UTC' } });
  const files = new Map<string, ListedFile>();
  const addresses = new Map<string, string>();
  for (const line of listing.split('\n')) {
    const [kind = '', path = '', modified, accessed, , created, size] = line.split('\t');
    if (!/^[rd]\/[rd] /.test(kind) || path.endsWith(' (Volume Label Entry)')) continue;
    const times = { modified: timeOf(modified), accessed: timeOf(accessed), created: timeOf(created) };
    const isFolder = kind.startsWith('d');
    files.set(path, { type: isFolder ? 'directory' : 'file', ...(!isFolder && { size: Number(size) }), ...times });
    if (!isFolder) addresses.set(path, /\d+/.exec(kind)![0]);
  }
  return { files, addresses };
}

/** What is compared of it: all, or of a large one the first and the last bytes. */
function contentByIcat(image: string, address: string): string {
  const size = Number(/^Size: (\d+)$/m.exec(runTool('istat', ['-f', 'fat', image, address]))![1]);
  const ends = comparedRanges(size).map(({ length }, index) => `${index === 0 ? 'head' : 'tail'} -c ${length}`);
  const script = `icat -f fat "$0" "$1" | { ${ends.join('; ')}; } | sha256sum`;
  return runTool('sh', ['-c', script, image, address]).split(' ')[0]!;
}

function timeOf(text = ''): ListedTime {
  return text.startsWith('0000') ? null : [Date.parse(text.replace(' (UTC)', 'Z').replace(' ', 'T')) / 1000];
}

/** Of so many files all chains are asked for, of more only some: mshowfat looks through the folder for each name. */
const MANY_FILES = 1000;
const SOME_FILES = 100;

/** Where the bytes of files and folders are: `::/path <3-5> <9>`. */
function chains(image: string, paths: readonly string[], { dataOffset, clusterBytes }: Oracle): Map<string, ByteRange[]> {
  const found = new Map<string, ByteRange[]>();
  const every = paths.length > MANY_FILES ? Math.floor(paths.length / SOME_FILES) : 1;
  const asked = paths.filter((_, index) => index % every === 0);
  if (asked.length === 0) return found;
  for (const line of run('mshowfat', ['-i', image, ...asked.map((path) => `::/${path}`)]).split('\n')) {
    const [, path, list] = /^::\/(.*?)((?: <\d+(?:-\d+)?>)+)$/.exec(line) ?? [];
    if (path === undefined) continue;
    const runs = [...list!.matchAll(/<(\d+)(?:-(\d+))?>/g)].map(([, first, last]) => ({
      offset: dataOffset + (Number(first) - 2) * clusterBytes,
      length: (Number(last ?? first) - Number(first) + 1) * clusterBytes,
    }));
    found.set(path, runs);
  }
  return found;
}

function allocatedBy({ dataOffset, clusterBytes, usedClusters }: Oracle): ExtentList {
  return ExtentList.fromRanges([
    { offset: 0, length: dataOffset },
    ...usedClusters.map((cluster) => ({ offset: dataOffset + (cluster - 2) * clusterBytes, length: clusterBytes })),
  ]);
}
