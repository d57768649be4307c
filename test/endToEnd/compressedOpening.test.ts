/** The first opening of an image that is compressed as a whole, which takes as long as decompression. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { ImageProgress } from '../../core/src/common';
import { hostHere } from '../support/hostHere';
import { scratchFolder } from '../support/scratch';
import { MIB } from '../support/sampleDisk';

/** More than any machine decompresses twice before it is told how far that is. */
const SIZE = 1024 * MIB;
const MEMBERS = 16;

test('tells how far it is, and ends at once when it is cancelled, with nothing left of the copy', async () => {
  const scratch = await scratchFolder();
  const [home, image] = [join(scratch, 'home'), join(scratch, 'disk.img.gz')];
  await mkdir(home, { mode: 0o700 });
  // Members of gzip behind each other are one content.
  const member = gzipSync(Buffer.alloc(SIZE / MEMBERS), { level: 1 });
  await writeFile(image, Buffer.concat(Array.from({ length: MEMBERS }, () => member)));
  const host = await hostHere(home);
  const told: ImageProgress[] = [];
  const control = new AbortController();
  host.devices.onOpening((progress) => {
    told.push(progress);
    if (progress.reached?.step === 'copy') control.abort();
  });
  await expect(host.devices.open(image, undefined, control.signal)).rejects.toMatchObject({ code: 'Cancelled' });
  const { reached } = told.find((progress) => progress.reached?.step === 'copy')!;
  expect(reached).toMatchObject({ file: 'disk.img.gz', total: SIZE });
  expect(reached!.done).toBeLessThan(SIZE);
  await expect.poll(() => told.at(-1)).toEqual({ path: image, reached: null });
  await expect.poll(() => readdir(join(home, 'images'))).toEqual([]);
});
