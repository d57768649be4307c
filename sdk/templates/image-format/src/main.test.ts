import { rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { MemorySource } from '@diskwright/sdk/block';
import { checkImage, damage, fuzzParser, openImage } from '@diskwright/sdk/testing';
import { header, MAGIC } from './header';
import plugin from './main';

const provider = plugin.imageFormats!['example-name']!;
const BLOCK = 4096;

/** A disk of which some blocks are stored, and its image. Better: let the format's own tool make one, and hold your answers against the disk that it was given. */
function makeImage(): { disk: Buffer; image: Buffer } {
  const disk = Buffer.alloc(64 * BLOCK);
  const table = Buffer.alloc(64 * 4);
  const stored: Buffer[] = [];
  for (const block of [0, 3, 4, 63]) {
    const bytes = Buffer.alloc(BLOCK, block + 1);
    bytes.copy(disk, block * BLOCK);
    stored.push(bytes);
    table.writeUInt32LE(stored.length, block * 4);
  }
  const start = header.encode({ magic: MAGIC, blockBytes: BLOCK, blockCount: 64 }, Buffer.alloc(header.size));
  return { disk, image: Buffer.concat([start, table, ...stored]) };
}

test('the disk is read as it was', async (context) => {
  const { disk, image } = makeImage();
  const opened = await openImage(provider, new MemorySource(image));
  context.after(() => opened.close());
  await checkImage(opened.image, disk);
});

test('a file that was copied in part is refused', async () => {
  await rejects(openImage(provider, new MemorySource(makeImage().image.subarray(0, 100))), /ends within its table/);
});

test('damage never crashes it', async () => {
  await fuzzParser({
    seeds: [{ name: 'some blocks', bytes: makeImage().image, sectorSize: 512 }],
    mutate: (image, random) => damage(image, [{ offset: 0, length: header.size + 256 }], random),
    cases: 1000,
    async run(source) {
      const { image } = await openImage(provider, source);
      const { signal } = new AbortController();
      if (image.size === 0) return;
      await image.extents(0, image.size, signal);
      await image.read(0, Math.min(image.size, 65536), signal);
    },
  });
});
