import { readdirSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { blkid, folderListing, type ListedFile, type Listing } from '@diskwright/sdk/testing';
import { usedByXfsDb } from '../testing/usedByXfsDb';
import { XfsImage } from '../testing/xfsImage';
import type { XfsRecipe } from './recipes';

/** A list of free blocks has places for this many blocks: they count as used here. */
const MOST_KEPT_BLOCKS = 128;

/** The tree by the kernel, or by what mkfs.xfs was given where it filled the image; the allocation and the features by xfs_db. */
export function oracle(path: string, { byPrototype = false }: XfsRecipe): Listing {
  const image = new XfsImage(path);
  const header = image.db('sb 0', 'p agcount blocksize');
  const value = (name: string): number => Number(new RegExp(`^${name} = (\\d+)`, 'm').exec(header)![1]);
  const { UUID: uuid = null } = blkid(path);
  return {
    files: byPrototype ? prototypeFiles(image.folder) : byKernel(image),
    allocated: usedByXfsDb(image),
    mostMore: value('agcount') * MOST_KEPT_BLOCKS * value('blocksize'),
    type: 'xfs',
    uuid,
    features: / = (\S+)/.exec(image.db('version'))![1]!.split(','),
  };
}

function byKernel(image: XfsImage): Map<string, ListedFile> {
  let files = new Map<string, ListedFile>();
  image.mounted(
    (folder) => (files = folderListing(folder, { accessed: true, streams: true, extents: (told) => told })),
    'loop,ro',
  );
  return files;
}

/** As {@link XfsImage.prototype} writes it down. */
function prototypeFiles(folder: string): Map<string, ListedFile> {
  const files = new Map<string, ListedFile>();
  const source = join(folder, 'prototype');
  for (const name of ['one', 'two-with-a-longer-name', 'three']) {
    files.set(name, { type: 'directory', mode: 0o750, owner: [3, 4] });
    files.set(`${name}/link`, { type: 'symlink', target: 'some/target' });
    files.set(`${name}/pipe`, { type: 'fifo', mode: 0o600 });
    files.set(`${name}/device`, { type: 'characterDevice', device: [1, 3] });
    for (const file of readdirSync(source).filter((each) => each.startsWith(name.slice(0, 3)))) {
      const bytes = readFileSync(join(source, file));
      files.set(`${name}/file-number-${basename(file).slice(3)}`, {
        type: 'file',
        size: bytes.length,
        mode: 0o644,
        owner: [1, 2],
        links: 1,
        content: createHash('sha256').update(bytes).digest('hex'),
      });
    }
  }
  return files;
}
