import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { damage, type FuzzSeed, fuzzParser, openImage, runTool, toolsMissing } from '@diskwright/sdk/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import plugin from './main';

const provider = plugin.imageFormats!['qcow2']!;
const MIB = 1024 * 1024;
const KIB = 1024;

describe.skipIf(toolsMissing('qemu-img', 'qemu-io'))('damaged images', () => {
  test('are read, or refused with typed errors, within bounds', { timeout: 3_600_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'diskwright-qcow2-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const raw = join(folder, 'disk.img');
    writeFileSync(raw, Buffer.concat([randomBytes(MIB / 4), Buffer.alloc(MIB), randomBytes(MIB / 4)]));
    const seed = (name: string, ...options: string[]): FuzzSeed => {
      const path = join(folder, `${name}.qcow2`);
      runTool('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', ...options, raw, path]);
      runTool('qemu-img', ['snapshot', '-c', 'a snapshot', path]);
      runTool('qemu-io', ['-f', 'qcow2', '-c', 'write -P 5 300k 200k', path]);
      return { name, bytes: readFileSync(path), sectorSize: 512 };
    };
    const seeds = [
      seed('version 3'),
      seed('version 2', '-o', 'compat=0.10'),
      seed('small clusters', '-o', 'cluster_size=512'),
      seed('compressed', '-c'),
      seed('compressed by zstd', '-c', '-o', 'compression_type=zstd'),
      seed('extended L2', '-o', 'extended_l2=on'),
    ];
    const report = await fuzzParser({
      seeds,
      cases: Number(process.env['FUZZ_CASES'] ?? 500),
      mutate(image, random, { bytes }) {
        const l1 = Number(bytes.readBigUInt64BE(40));
        const l2 = Number(bytes.readBigUInt64BE(l1) & 0xfffffffffffe00n);
        const snapshots = Number(bytes.readBigUInt64BE(64));
        const ranges = [
          { offset: 0, length: 112 },
          { offset: 0, length: 112 },
          { offset: 104, length: KIB },
          { offset: l1, length: 16 },
          { offset: l2, length: 256 },
          { offset: l2, length: 8 * KIB },
          { offset: snapshots, length: 80 },
        ];
        for (let times = 1 + random.integer(3); times > 0; times--) damage(image, ranges, random);
        if (random.chance(0.1)) image.truncate(random.integer(bytes.length));
      },
      async run(source) {
        const { signal } = new AbortController();
        const { image } = await openImage(provider, source);
        const description = image.describe();
        expect(JSON.stringify(description).length).toBeLessThan(MIB);
        for (const offset of [0, Math.floor(image.size / 2), Math.max(0, image.size - 64 * KIB)]) {
          const length = Math.min(64 * KIB, image.size - offset);
          if (length <= 0) continue;
          await image.extents(offset, image.size - offset, signal);
          // One part that is damaged must not keep the others from being read.
          await image.read(offset, length, signal).catch((error: { code?: string }) => {
            if (error.code !== 'DamagedStructure') throw error;
          });
        }
        for (const { name } of description.snapshots.slice(0, 2)) {
          const { image: before } = await openImage(provider, source, name);
          await before.extents(0, before.size, signal);
        }
      },
    });
    expect(report.completed).toBeGreaterThan(report.cases / 10);
  });
});
