import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { folderListing, KernelImage, type ListedFile, type Listing, runTool } from '@diskwright/sdk/testing';
import { dumpAll } from '../testing/dumpe2fs';
import { ExtImage } from '../testing/extImage';
import type { ExtRecipe } from './recipes';

const MEBIBYTE = 1024 * 1024;

/** The tree by the kernel, or by debugfs where nobody may mount it; the allocation by dumpe2fs. */
export function oracle(path: string, { byDebugfs = false }: ExtRecipe): Listing {
  const files = byDebugfs || process.getuid?.() !== 0 ? byDump(path) : byKernel(path);
  const { header, used: allocated } = dumpAll(path);
  const blockSize = Number(header['Block size']);
  const blocks = Number(header['Block count']);
  const { TYPE: type = '', LABEL: label = null } = new ExtImage(path).blkid();
  return {
    files,
    allocated,
    mostMore: Math.max(MEBIBYTE, allocated.covered / 100),
    type,
    label,
    uuid: header['Filesystem UUID']!,
    features: header['Filesystem features']!.split(' ').filter((name) => name !== '(none)'),
    size: blocks * blockSize,
    used: (blocks - Number(header['Free blocks'])) * blockSize,
  };
}

function byKernel(path: string): Map<string, ListedFile> {
  let files = new Map<string, ListedFile>();
  new KernelImage(path).mounted(
    (folder) => (files = folderListing(folder, { accessed: true, streams: true, extents: (told) => told })),
    'loop,ro',
  );
  return files;
}

/** What it writes into a folder. Links bear the time at which that was. */
function byDump(path: string): Map<string, ListedFile> {
  const folder = join(path, '..', 'dumped');
  mkdirSync(folder);
  runTool('debugfs', ['-R', `rdump / ${folder}`, path]);
  const files = folderListing(folder, { only: ['type', 'size', 'modified', 'mode', 'target', 'content'] });
  return new Map([...files].map(([name, file]) => [name, file.type === 'symlink' ? { ...file, modified: undefined } : file]));
}
