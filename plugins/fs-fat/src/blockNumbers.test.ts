import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toolsMissing } from '@diskwright/sdk/testing';
import { TOOLS, run } from './testing/fatImage';
import { makeFat, openFat, signal } from './testing/openFat';

const MIB = 1024 * 1024;

describe.skipIf(toolsMissing(...TOOLS))('the numbers of blocks', () => {
  test.each([
    ['FAT12', 1440 * 1024, []],
    ['FAT16', 24 * MIB, ['-F', '16']],
    ['FAT32', 64 * MIB, ['-F', '32', '-s', '1']],
  ])('of %s are those of its clusters, as mtools has them', async (_, size, args) => {
    const image = makeFat(size, args);
    const file = join(image.folder, 'needle');
    writeFileSync(file, 'needle in cluster');
    run('mcopy', ['-i', image.path, file, '::/']);
    const cluster = Number(/<(\d+)>/.exec(run('mshowfat', ['-i', image.path, '::/needle']))?.[1]);
    const { blockSize, firstBlock } = await (await openFat(image.path)).info(signal);
    const offset = firstBlock!.offset + (cluster - firstBlock!.number) * blockSize;
    expect(readFileSync(image.path).toString('latin1', offset, offset + 17)).toBe('needle in cluster');
  });
});
