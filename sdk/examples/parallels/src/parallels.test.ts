import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { MemorySource } from '@diskwright/sdk/block';
import { checkImage, damage, fuzzParser, openImage, runTool, toolsMissing } from '@diskwright/sdk/testing';
import plugin from './main';

const skip = toolsMissing('qemu-img');
const provider = plugin.imageFormats!['parallels']!;
const MIB = 1024 * 1024;

/** A disk with bytes here and there, and the image that QEMU makes of it. */
function makeImage(size: number, ...options: string[]): { disk: Buffer; image: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'parallels-'));
  try {
    const disk = Buffer.alloc(size);
    for (let at = MIB / 2; at < size - 300_000; at += 5 * MIB) randomBytes(300_000).copy(disk, at);
    const [raw, path] = [join(folder, 'disk'), join(folder, 'image')];
    writeFileSync(raw, disk);
    runTool('qemu-img', ['convert', '-f', 'raw', '-O', 'parallels', ...options, raw, path]);
    return { disk, image: readFileSync(path) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const [name, size, options] of [
  ['as QEMU makes them', 24 * MIB, []],
  ['with small clusters', 24 * MIB, ['-o', 'cluster_size=65536']],
  ['of a size that is no multiple of a cluster', 7 * MIB + 512, []],
] as const) {
  test(`disks are read ${name}`, { skip }, async (context) => {
    const { disk, image } = makeImage(size, ...options);
    const opened = await openImage(provider, new MemorySource(image));
    context.after(() => opened.close());
    await checkImage(opened.image, disk);
  });
}

test('an image that was copied in part is refused', { skip }, async () => {
  const { image } = makeImage(24 * MIB);
  await rejects(openImage(provider, new MemorySource(image.subarray(0, 80))), /ends within its allocation table/);
});

test('damage never crashes it', { skip }, async () => {
  await fuzzParser({
    seeds: [{ name: 'some clusters', bytes: makeImage(8 * MIB).image, sectorSize: 512 }],
    mutate: (image, random) => damage(image, [{ offset: 16, length: 128 }], random),
    cases: 500,
    async run(source) {
      const { image } = await openImage(provider, source);
      const { signal } = new AbortController();
      if (image.size === 0) return;
      await image.extents(0, image.size, signal);
      await image.read(0, Math.min(image.size, 65536), signal);
    },
  });
});
