import { mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileBytes } from '@diskwright/sdk/testing';
import { expect, onTestFinished, test } from 'vitest';
import { MutatedFiles } from './mutatedFiles';

const TIB = 1024 ** 4;

function bytesAt(path: string, offset: number, length: number): string {
  const file = new FileBytes(path);
  const bytes = Buffer.alloc(length);
  file.copy(bytes, 0, offset, offset + length);
  file.close();
  return bytes.toString('latin1');
}

test('files of any size are changed in place, and put back', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'diskwright-mutated-'));
  onTestFinished(() => rm(scratch, { recursive: true }));
  const folder = join(scratch, 'image');
  await mkdir(folder);
  const [large, small] = [join(folder, 'large'), join(folder, 'small')];
  await writeFile(large, 'begins');
  await truncate(large, TIB);
  await writeFile(small, 'of ten by.');
  const files = new MutatedFiles([large, small]);
  onTestFinished(() => files.close());

  const placed = await files.place(7);
  expect(placed).toEqual([join(`${folder} mutated 7`, 'large'), join(`${folder} mutated 7`, 'small')]);
  const images = files.scratches();
  images[0]!.write(0, Buffer.from('BE'));
  images[0]!.write(TIB - 3, Buffer.from('END'));
  images[1]!.write(3, Buffer.from('TEN'));
  await files.write(images);
  // What is changed again, as checksums are, is put back to what was there at first.
  images[0]!.write(1, Buffer.from('G'));
  await files.write(images);
  expect([bytesAt(placed[0]!, 0, 6), bytesAt(placed[0]!, TIB - 3, 3)]).toEqual(['BGgins', 'END']);
  expect(await readFile(placed[1]!, 'latin1')).toBe('of TEN by.');

  await files.restore();
  expect([bytesAt(placed[0]!, 0, 6), bytesAt(placed[0]!, TIB - 3, 3)]).toEqual(['begins', '\0\0\0']);
  expect(await readFile(placed[1]!, 'latin1')).toBe('of ten by.');
  expect((await stat(placed[0]!)).blocks).toBeLessThan(1000);
});
