import { describe, expect, test } from 'vitest';
import { SeededRandom, toolsMissing } from '@diskwright/sdk/testing';
import { run, TOOLS, tryRun, type FatImage } from './testing/fatImage';
import { makeTree } from './testing/makeTree';
import { makeFat, openFat, signal } from './testing/openFat';

const MIB = 1024 * 1024;
const small = (): FatImage => makeFat(40 * MIB, ['-F', '32', '-s', '1']);

async function codes(image: FatImage): Promise<string[]> {
  return (await (await openFat(image.path)).check(signal)).map(({ code }) => code);
}

/** The first entry of a chain in both FATs. */
function link(image: FatImage, cluster: number, next: number): void {
  const entry = Buffer.alloc(4);
  entry.writeUInt32LE(next);
  const { reserved, length } = { reserved: image.peek(14, 2).readUInt16LE(0), length: image.peek(36, 4).readUInt32LE(0) };
  for (const fat of [reserved, reserved + length]) image.patch(fat * 512 + cluster * 4, entry);
}

const firstCluster = (image: FatImage, path: string): number => Number(/<(\d+)/.exec(image.clustersOf(path))![1]);

describe.skipIf(toolsMissing(...TOOLS))('the owner of a byte', () => {
  test.each([
    ['FAT12', 1440 * 1024, []],
    ['FAT16', 24 * MIB, ['-F', '16']],
    ['FAT32', 40 * MIB, ['-F', '32', '-s', '1']],
  ] as [string, number, string[]][])('is the file that mshowfat names (%s)', async (_, size, args) => {
    const image = makeFat(size, args);
    makeTree(image, new SeededRandom(4), 20_000);
    image.fillAndFragment(7, 20, 9000);
    const filesystem = await openFat(image.path);
    const { dataOffset, clusterBytes } = image.oracle();
    const owned = new Map<string, string[]>();
    let end = 0;
    for await (const { offset, length, name, kind } of filesystem.ownersOf([{ offset: 0, length: size }], signal)) {
      expect(offset).toBe(end);
      end = offset + length;
      if (kind !== 'file') continue;
      const first = (offset - dataOffset) / clusterBytes + 2;
      const count = length / clusterBytes;
      owned.set(name, [...(owned.get(name) ?? []), count === 1 ? `<${first}>` : `<${first}-${first + count - 1}>`]);
    }
    expect(end).toBe(size);
    expect(owned.size).toBeGreaterThan(50);
    for (const [name, runs] of owned) {
      const inOrder = image.clustersOf(name.slice(1)).split(' ').sort(byCluster).join(' ');
      expect([name, runs.join(' ')]).toEqual([name, inOrder]);
    }
  });
});

describe.skipIf(toolsMissing(...TOOLS))('check finds, as fsck.fat does,', () => {
  test('two files with the same clusters', async () => {
    const image = small().addFile(['ONE', 'x'.repeat(3000)], ['TWO', 'y'.repeat(3000)]);
    image.patch(image.find(Buffer.from('TWO        ')) + 26, image.peek(image.find(Buffer.from('ONE        ')) + 26, 2));
    expect(tryRun('fsck.fat', ['-n', image.path]).output).toContain('share clusters');
    expect(await codes(image)).toEqual(['fat.crossLinked', 'fat.lostClusters']);
  });

  test('a chain that leads back into itself', async () => {
    const image = small().addFile(['ONE', 'x'.repeat(3000)]);
    const first = firstCluster(image, 'ONE');
    link(image, first + 2, first);
    expect(await codes(image)).toEqual(['fat.crossLinked', 'fat.lostClusters']);
  });

  test('a chain that leads to a free cluster', async () => {
    const image = small().addFile(['ONE', 'x'.repeat(3000)]);
    link(image, firstCluster(image, 'ONE') + 2, 5000);
    expect(await codes(image)).toEqual(['fat.chain.free', 'fat.lostClusters']);
  });

  test('a file that is longer than its chain', async () => {
    const image = small().addFile(['ONE', 'x'.repeat(3000)]);
    image.patch(image.find(Buffer.from('ONE        ')) + 28, [0, 0, 1, 0]);
    expect(tryRun('fsck.fat', ['-n', image.path]).output).toContain('cluster chain length is');
    expect(await codes(image)).toEqual(['fat.chain.length']);
  });

  test('clusters that no file has', async () => {
    const image = small();
    link(image, 700, 0x0fffffff);
    expect(tryRun('fsck.fat', ['-n', image.path]).output).toContain('Reclaimed 1 unused cluster');
    expect(await codes(image)).toEqual(['fat.fsInfo.freeClusters', 'fat.lostClusters']);
  });

  test('pieces of a long name that belong to no file', async () => {
    const image = small().addFile(['A long name.txt', 'y']);
    const place = image.find(Buffer.from('ALONGN~1TXT'));
    image.patch(place - 32 + 13, [image.peek(place - 32 + 13, 1)[0]! ^ 1]);
    expect(await codes(image)).toEqual(['fat.longName']);
  });

  test('a directory whose parent is another', async () => {
    const image = small();
    run('mmd', ['-i', image.path, '::/OUTER', '::/OUTER/INNER']);
    const { offset } = (
      await (
        await openFat(image.path)
      ).files.extentsOf((await (await openFat(image.path)).files.lookup('/OUTER/INNER', signal))!.node, signal)
    )[0]!;
    image.patch(offset + 32 + 26, [77, 0]);
    expect(await codes(image)).toEqual(['fat.dots']);
  });
});

function byCluster(a: string, b: string): number {
  return Number(/\d+/.exec(a)) - Number(/\d+/.exec(b));
}
