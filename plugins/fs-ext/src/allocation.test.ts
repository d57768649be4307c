import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { subtract } from '@diskwright/sdk/extents';
import { runTool, SeededRandom, toolsMissing, tryTool } from '@diskwright/sdk/testing';
import { dumpHeader, usedByDumpe2fs } from './testing/dumpe2fs';
import { ExtImage, extTools } from './testing/extImage';
import { imageCases, type ImageCase } from './testing/imageCases';
import { openImage, signal } from './testing/openImage';

const mebibyte = 1024 * 1024;
const isRoot = process.getuid?.() === 0;
const files = { many: '', few: '' };
let shared = '';

beforeAll(() => {
  shared = mkdtempSync(join(tmpdir(), 'fs-ext-files-'));
  files.many = join(shared, 'many');
  files.few = join(shared, 'few');
  ExtImage.makeFiles(files.many, 1, 60, 70_000);
  ExtImage.makeFiles(files.few, 2, 5, 9_000);
});
afterAll(() => rmSync(shared, { recursive: true, force: true }));

/** Writes files in the mounted filesystem, deletes some, and writes others. */
function writeThroughKernel(folder: string): void {
  const random = new SeededRandom(3);
  const names = Array.from({ length: 60 }, (_, index) => join(folder, `written ${index}`));
  for (const name of names) writeFileSync(name, random.bytes(random.integer(100_000)));
  for (const name of names.filter((_, index) => index % 3 === 0)) unlinkSync(name);
  for (const name of names.slice(0, 8)) writeFileSync(name, random.bytes(300_000));
}

function make(given: ImageCase): ExtImage {
  const image = new ExtImage();
  onTestFinished(() => image.remove());
  writeFileSync(join(image.folder, 'bad'), '5000\n5001\n9000\n');
  const args = given.args.map((argument) => argument.replace('{folder}', image.folder));
  const source = given.files === 'none' ? [] : ['-d', files[given.files]];
  image.format(given.size, [...args, ...source], given.filesystemSize);
  if (given.fragments) image.fragment(4, ...given.fragments);
  if (given.mounted) image.mounted(writeThroughKernel);
  for (const [tool = '', ...rest] of given.afterwards ?? [])
    runTool(
      tool,
      rest.map((argument) => argument.replace('{image}', image.path)),
    );
  return image;
}

describe.skipIf(toolsMissing(...extTools))('allocation holds all that dumpe2fs says is used, and hardly more', () => {
  test.for(imageCases)('$name', async (given, { skip }) => {
    skip(given.mounted === true && !isRoot, 'mounting needs root');
    const image = make(given);
    const filesystem = await openImage(image.path);

    const { confidence, extents, reasons } = await filesystem.allocation(signal);
    expect({ confidence, reasons }).toEqual({ confidence: 'exact', reasons: [] });
    const expected = usedByDumpe2fs(image.path);
    expect(expected.covered).toBeGreaterThan(0);
    expect([...subtract(expected, extents!)]).toEqual([]);
    expect(extents!.covered - expected.covered).toBeLessThanOrEqual(Math.max(mebibyte, expected.covered / 100));
    expect(extents!.end).toBeLessThanOrEqual(given.size);

    const header = dumpHeader(image.path);
    const info = await filesystem.info(signal);
    expect(info).toMatchObject({
      type: image.blkid()['TYPE'],
      uuid: header['Filesystem UUID'],
      features: header['Filesystem features']!.split(' ').filter((name) => name !== '(none)'),
      size: Number(header['Block count']) * Number(header['Block size']),
      used: (Number(header['Block count']) - Number(header['Free blocks'])) * Number(header['Block size']),
      clean: true,
    });
    expect((await filesystem.check(signal)).filter(({ severity }) => severity !== 'info')).toEqual([]);

    if (given.cloned === false) return;
    const clone = image.cloneTo('clone.img', extents!, given.size);
    // Some images are not to e2fsck's liking as mke2fs made them: quota files do not count what -d filled in.
    expect(tryTool('e2fsck', ['-fn', clone]).status).toBe(tryTool('e2fsck', ['-fn', image.path]).status);
  });
});
