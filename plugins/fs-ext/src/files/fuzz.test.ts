import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { MemorySource } from '@diskwright/sdk/block';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { checkFileAnswers, fuzzParser, type FuzzSeed, toolsMissing } from '@diskwright/sdk/testing';
import { extProvider } from '../provider';
import { ExtImage, extTools } from '../testing/extImage';
import { context, signal } from '../testing/openImage';

const mebibyte = 1024 * 1024;

const images: [name: string, args: string[]][] = [
  ['ext2', ['-t', 'ext2', '-b', '1024']],
  ['ext4', ['-t', 'ext4', '-b', '1024', '-J', 'size=1']],
  ['ext4, no checksums', ['-t', 'ext4', '-b', '1024', '-O', '^metadata_csum,^has_journal']],
  ['ext4, inline data', ['-t', 'ext4', '-b', '1024', '-I', '256', '-O', 'inline_data,ea_inode,^has_journal']],
  ['ext4, bigalloc', ['-t', 'ext4', '-b', '1024', '-C', '4096', '-O', 'bigalloc,^has_journal']],
];

async function makeSeed([name, args]: (typeof images)[number]): Promise<FuzzSeed> {
  const image = new ExtImage();
  try {
    ExtImage.makeFiles(join(image.folder, 'tree'), 3, 6, 60_000);
    image.format(6 * mebibyte, [...args, '-N', '128', '-d', join(image.folder, 'tree')]).fragment(5, 20, 20_000);
    image.debugfs(['ea_set folder user.name value', `ea_set folder user.long ${'x'.repeat(200)}`]);
    const bytes = readFileSync(image.path);
    const filesystem = await extProvider.open(new MemorySource(bytes), context);
    const structures: ByteRange[] = [];
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

describe.skipIf(toolsMissing(...extTools))('damaged files', () => {
  let seeds: FuzzSeed[] = [];
  beforeAll(async () => {
    seeds = await Promise.all(images.map(makeSeed));
  });

  test('are listed as far as they go, and every byte has its owner', async () => {
    let answered = 0;
    const report = await fuzzParser({
      seeds,
      cases: Number(process.env['FUZZ_CASES'] ?? 500),
      limits: { reads: 20_000, bytes: 600 * mebibyte },
      run: async (source, _seed, random) => {
        const filesystem = await extProvider.open(source, context);
        answered += await checkFileAnswers(filesystem, source, signal, random);
      },
    });
    process.stderr.write(`${answered} questions answered\n`);
    // Most of it can still be read, or the damage is too crude to tell anything.
    expect(answered).toBeGreaterThan(report.cases * 20);
  });
});
