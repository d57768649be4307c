import { describe, expect, test } from 'vitest';
import { MemorySource } from '../block/index';
import { type ImageRun, RunList } from './imageRun';
import { type ImageMap, MappedImage } from './mappedImage';

const BLOCK_BYTES = 512;
const { signal } = new AbortController();

/** A disk of blocks. */
function diskOf(size: number, runAt: (block: number) => ImageRun): { map: ImageMap; asked: number[] } {
  const asked: number[] = [];
  const runs = async (offset: number, length: number): Promise<RunList> => {
    asked.push(length);
    const list = new RunList();
    for (let at = offset; at < offset + length; at += BLOCK_BYTES) list.add(runAt(at / BLOCK_BYTES));
    return list;
  };
  return { map: { size, runs }, asked };
}

describe('of blocks side by side', () => {
  const source = new MemorySource(Buffer.alloc(2 * BLOCK_BYTES + 100, 7));
  function image(lastIsShort: boolean): MappedImage {
    const at = (block: number): ImageRun => ({
      kind: 'stored',
      length: BLOCK_BYTES,
      source,
      offset: block * BLOCK_BYTES,
      lastIsShort,
    });
    return new MappedImage(diskOf(4 * BLOCK_BYTES, at).map);
  }

  test('the short last one is filled with zeros', async () => {
    const whole = Buffer.concat([Buffer.alloc(source.size, 7), Buffer.alloc(BLOCK_BYTES - 100)]);
    expect((await image(true).read(0, 3 * BLOCK_BYTES, signal)).equals(whole)).toBe(true);
  });

  test.each([
    ['those behind the end of the file are', true, 4],
    ['the one through which the end goes is, where all have to be whole,', false, 3],
  ])('%s missing, wherever a read begins', async (_, lastIsShort, end) => {
    for (let start = 0; start < end; start++)
      await expect(image(lastIsShort).read(start * BLOCK_BYTES, (end - start) * BLOCK_BYTES, signal)).rejects.toMatchObject({
        code: 'DamagedStructure',
        message: expect.stringContaining('ends at byte 1124'),
      });
  });
});

test('a map with a run for each sector is asked for no more than what is told of at once, or a little', async () => {
  const size = 2 ** 31;
  const source = new MemorySource(Buffer.alloc(BLOCK_BYTES));
  const { map, asked } = diskOf(size, (block) =>
    block % 2 === 0 ? { kind: 'hole', length: BLOCK_BYTES } : { kind: 'stored', length: BLOCK_BYTES, source, offset: 0 },
  );
  const extents = await new MappedImage(map).extents(0, size, signal);
  expect(extents).toHaveLength(4096);
  expect(asked).toEqual([64 * 1024 * 1024]);
});

test('holes are told of as one, and of a disk of any size at once', async () => {
  const size = 2 ** 53 - 1;
  const runs = async (_: number, length: number): Promise<RunList> => {
    const list = new RunList();
    list.add({ kind: 'hole', length });
    return list;
  };
  expect(await new MappedImage({ size, runs }).extents(512, size - 512, signal)).toEqual([
    { offset: 512, length: 2 ** 32, kind: 'hole' },
  ]);
});
