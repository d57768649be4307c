import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Filesystem } from '@diskwright/sdk';
import { MemorySource } from '@diskwright/sdk/block';
import { DiskwrightError } from '@diskwright/sdk/errors';
import { damage, fuzzParser, type FuzzSeed, toolsMissing } from '@diskwright/sdk/testing';
import { extProvider } from '../provider';
import { ExtImage, extTools } from '../testing/extImage';
import { context, signal } from '../testing/openImage';

const mebibyte = 1024 * 1024;
const MOST_NODES = 60;
const MOST_SEGMENTS = 500;

/** An image with files, and where their inodes, directories and maps lie. */
interface FilesSeed extends FuzzSeed {
  structures: { offset: number; length: number }[];
}

const images: [name: string, args: string[]][] = [
  ['ext2', ['-t', 'ext2', '-b', '1024']],
  ['ext4', ['-t', 'ext4', '-b', '1024', '-J', 'size=1']],
  ['ext4, no checksums', ['-t', 'ext4', '-b', '1024', '-O', '^metadata_csum,^has_journal']],
  ['ext4, inline data', ['-t', 'ext4', '-b', '1024', '-I', '256', '-O', 'inline_data,ea_inode,^has_journal']],
  ['ext4, bigalloc', ['-t', 'ext4', '-b', '1024', '-C', '4096', '-O', 'bigalloc,^has_journal']],
];

async function makeSeed([name, args]: (typeof images)[number]): Promise<FilesSeed> {
  const image = new ExtImage();
  try {
    ExtImage.makeFiles(join(image.folder, 'tree'), 3, 6, 60_000);
    image.format(6 * mebibyte, [...args, '-N', '128', '-d', join(image.folder, 'tree')]).fragment(5, 20, 20_000);
    image.debugfs(['ea_set folder user.name value', `ea_set folder user.long ${'x'.repeat(200)}`]);
    const bytes = readFileSync(image.path);
    const filesystem = await extProvider.open(new MemorySource(bytes), context);
    const structures: FilesSeed['structures'] = [];
    // The first inodes of each table are the ones in use.
    for await (const { offset, length, kind, name: what } of filesystem.ownersOf!(
      [{ offset: 0, length: 6 * mebibyte }],
      signal,
    )) {
      const holdsInodes = what.startsWith('inode table');
      if (holdsInodes) structures.push({ offset, length: Math.min(length, 64 * 256) });
      else if (kind === 'structure' && /directory|block map|attributes/.test(what)) structures.push({ offset, length });
    }
    return { name, bytes, sectorSize: 512, structures };
  } finally {
    image.remove();
  }
}

/** Typed errors are answers. Everything else fails the case, and so does what the source forbids. */
async function answer(ask: () => Promise<void>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (error instanceof DiskwrightError) return false;
    throw error;
  }
}

async function useFiles(filesystem: Filesystem, size: number): Promise<number> {
  const pending = ['2'];
  const seen = new Set(pending);
  let answered = 0;
  for (let node = pending.pop(); node !== undefined && seen.size < MOST_NODES; node = pending.pop()) {
    const current = node;
    const asked = [
      async () => {
        await filesystem.stat!(current, signal);
        await filesystem.streams!(current, signal);
      },
      async () => {
        const content = await filesystem.contentOf!(current, undefined, signal);
        let count = 0;
        for await (const segment of content.segments) {
          if (segment.kind === 'extent' && segment.offset + segment.length > size)
            throw new Error('content outside of the volume');
          if (++count === MOST_SEGMENTS) break;
        }
      },
      async () => {
        for (const { offset, length } of await filesystem.extentsOf!(current, signal))
          if (offset + length > size) throw new Error('an extent outside of the volume');
      },
      async () => {
        for await (const entry of filesystem.readdir!(current, signal)) {
          if (entry.path.includes('/') || !Number.isSafeInteger(entry.size)) throw new Error('an entry that cannot be');
          if (seen.size < MOST_NODES && !seen.has(entry.node) && /^[1-9]\d{0,9}$/.test(entry.node)) pending.push(entry.node);
          seen.add(entry.node);
        }
      },
      async () => void (await filesystem.readlink!(current, signal)),
    ];
    for (const ask of asked) if (await answer(ask)) answered++;
  }
  return answered;
}

async function useOwners(filesystem: Filesystem, size: number): Promise<void> {
  let end = 0;
  for await (const owner of filesystem.ownersOf!([{ offset: 0, length: size }], signal)) {
    if (owner.offset > end) throw new Error(`nobody is told for the bytes at ${end}`);
    if (owner.offset + owner.length > size || owner.length <= 0) throw new Error('an owner outside of the volume');
    end = Math.max(end, owner.offset + owner.length);
  }
  if (end < size) throw new Error(`nobody is told for the bytes at ${end}`);
}

describe.skipIf(toolsMissing(...extTools))('damaged files', () => {
  let seeds: FilesSeed[] = [];
  beforeAll(async () => {
    seeds = await Promise.all(images.map(makeSeed));
  });

  test('are listed as far as they go, and every byte has its owner', async () => {
    let answered = 0;
    const report = await fuzzParser({
      seeds,
      cases: Number(process.env['FUZZ_CASES'] ?? 500),
      limits: { reads: 20_000, bytes: 600 * mebibyte, milliseconds: 20_000 },
      mutate: (image, random, seed) => {
        const { structures } = seed as FilesSeed;
        for (let count = 1 + random.integer(12); count > 0; count--) damage(image, structures, random);
      },
      run: async (source) => {
        const filesystem = await extProvider.open(source, context);
        answered += await useFiles(filesystem, source.size);
        await answer(() => useOwners(filesystem, source.size));
      },
    });
    process.stdout.write(`${JSON.stringify({ ...report, answered })}\n`);
    // Most of it can still be read, or the damage is too crude to tell anything.
    expect(answered).toBeGreaterThan(report.cases * 20);
  });
});
