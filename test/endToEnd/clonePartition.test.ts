/** One volume is cloned into a partition of another disk; what depends on its place is put right. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli } from '../support/cli';
import { copyInto, extractPartition, hashFiles, makeImage, makeSampleDisk, MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must, sha256OfFile } from '../support/tool';
import { requireTool } from '../support/tools';

const HIDDEN_SECTORS_OFFSET = 0x1c;

/** A disk full of 0xA5 with one partition from `start` on. */
async function targetWith(path: string, start: number, size: number): Promise<void> {
  await makeImage(path, start + size + 2 * MIB, 0xa5);
  const script = `${path}.sfdisk`;
  await writeFile(script, `label: gpt\nstart=${start / 512}, size=${size / 512}\n`);
  await must('sh', '-c', `sfdisk --quiet '${path}' < '${script}'`);
  await rm(script);
}

test('a FAT volume moves: files, hidden sectors, and nothing outside of the partition', async () => {
  requireTool('sfdisk', 'mkfs.fat', 'mkfs.ext4', 'mcopy', 'fsck.fat');
  const scratch = await scratchFolder();
  const disk = await makeSampleDisk(join(scratch, 'source.img'), scratch);
  const target = join(scratch, 'target.img');
  const place = { start: 7 * MIB, size: 95 * MIB };
  await targetWith(target, place.start, place.size);
  const outside = await readFile(target);

  const result = await cli(['clone', 'partition', `${disk.path}#3`, `${target}#1`, '--yes'], { home: join(scratch, 'home') });

  expect(result.status, result.stderr).toBe(0);
  const image = await extractPartition(target, place, join(scratch, 'volume.img'));
  await must('fsck.fat', '-n', image);
  const bootSector = (await readFile(image)).subarray(0, 512);
  expect(bootSector.readUInt32LE(HIDDEN_SECTORS_OFFSET)).toBe(place.start / 512);
  expect(Object.fromEntries(await hashFiles(image, 'vfat', scratch))).toEqual(Object.fromEntries(disk.files));
  const after = await readFile(target);
  expect(after.subarray(0, place.start).equals(outside.subarray(0, place.start))).toBe(true);
  expect(after.subarray(place.start + place.size).equals(outside.subarray(place.start + place.size))).toBe(true);
});

test('an NTFS volume moves: every sector is copied, the boot record and its copy know the new place', async () => {
  requireTool('sfdisk', 'mkfs.ntfs', 'ntfsinfo', 'ntfsls');
  const scratch = await scratchFolder();
  const volume = join(scratch, 'ntfs.img');
  await makeImage(volume, 20 * MIB);
  await must('mkfs.ntfs', '--quick', '--force', '--partition-start', '63', '--label', 'moved', volume);
  const target = join(scratch, 'target.img');
  const place = { start: 3 * MIB, size: 20 * MIB };
  await targetWith(target, place.start, place.size);

  const result = await cli(['clone', 'partition', `${volume}#0`, `${target}#1`, '--yes'], { home: join(scratch, 'home') });

  expect(result.status, result.stderr).toBe(0);
  const image = await extractPartition(target, place, join(scratch, 'volume.img'));
  expect(await must('ntfsinfo', '-m', image)).toContain('moved');
  const bytes = await readFile(image);
  expect(bytes.readUInt32LE(HIDDEN_SECTORS_OFFSET)).toBe(place.start / 512);
  expect(bytes.readUInt32LE(bytes.length - 512 + HIDDEN_SECTORS_OFFSET)).toBe(place.start / 512);
  bytes.writeUInt32LE(63, HIDDEN_SECTORS_OFFSET);
  bytes.writeUInt32LE(63, bytes.length - 512 + HIDDEN_SECTORS_OFFSET);
  expect(bytes.equals(await readFile(volume))).toBe(true);
});

test('a partition that is too small is refused with the numbers', async () => {
  requireTool('sfdisk', 'mkfs.fat', 'mkfs.ext4', 'mcopy');
  const scratch = await scratchFolder();
  const disk = await makeSampleDisk(join(scratch, 'source.img'), scratch);
  const target = join(scratch, 'target.img');
  await targetWith(target, MIB, 32 * MIB);
  const before = await sha256OfFile(target);

  const result = await cli(['clone', 'partition', `${disk.path}#2`, `${target}#1`, '--yes'], { home: join(scratch, 'home') });

  expect(result.status).toBe(3);
  expect(result.stderr).toContain(String(32 * MIB));
  expect(result.stderr).toContain(String(64 * MIB));
  expect(await sha256OfFile(target)).toBe(before);
});

test('a filesystem that is smaller than its partition fits into a smaller one', async () => {
  requireTool('sfdisk', 'mkfs.ext4', 'e2fsck');
  const scratch = await scratchFolder();
  const volume = join(scratch, 'ext4.img');
  await makeImage(volume, 24 * MIB);
  await must('mkfs.ext4', '-q', '-F', volume);
  const source = join(scratch, 'source.img');
  await targetWith(source, MIB, 64 * MIB);
  await copyInto(volume, source, MIB);
  const target = join(scratch, 'target.img');
  await targetWith(target, MIB, 32 * MIB);

  const result = await cli(['clone', 'partition', `${source}#1`, `${target}#1`, '--yes'], { home: join(scratch, 'home') });

  expect(result.status, result.stderr).toBe(0);
  await must('e2fsck', '-fn', await extractPartition(target, { start: MIB, size: 32 * MIB }, join(scratch, 'judged.img')));
});
