import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkImage, openImage, runTool } from '@diskwright/sdk/testing';
import { expect, onTestFinished, test } from 'vitest';
import plugin from './main';

const provider = plugin.imageFormats!['split']!;
const MIB = 1024 * 1024;

/** A disk in parts as `split` makes them. */
function parts(size: number, ...options: string[]): { folder: string; disk: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'diskwright-split-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const disk = randomBytes(size);
  writeFileSync(join(folder, 'whole'), disk);
  runTool('split', [...options, join(folder, 'whole'), join(folder, 'disk.')]);
  return { folder, disk };
}

async function open(path: string) {
  const opened = await openImage(provider, path);
  onTestFinished(() => opened.close());
  return opened.image;
}

test.each([
  ['disk.001', ['--numeric-suffixes=1', '-a', '3', '-b', '700000']],
  ['disk.000', ['-d', '-a', '3', '-b', '1M']],
  ['disk.aa', ['-b', '700000']],
  ['disk.aaa', ['-a', '3', '-b', '700000']],
  // So many that two letters do not do.
  ['disk.aa', ['-b', '8192']],
])('%s of split %j', async (first, options) => {
  const { folder, disk } = parts(6 * MIB + 512, ...options);
  const opened = await open(join(folder, first));
  expect(opened.describe().warnings).toEqual([]);
  await checkImage(opened, disk);
});

test('one alone is no disk in parts', async () => {
  const { folder } = parts(MIB, '--numeric-suffixes=1', '-a', '3', '-b', '2M');
  await expect(open(join(folder, 'disk.001'))).rejects.toMatchObject({ code: 'InvalidInput' });
});

test('a part that is shorter than the others is told of', async () => {
  const { folder } = parts(4 * MIB, '-b', '1M');
  writeFileSync(join(folder, 'disk.ab'), Buffer.alloc(1000));
  expect((await open(join(folder, 'disk.aa'))).describe().warnings).toHaveLength(1);
});
