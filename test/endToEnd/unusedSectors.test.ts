/** `--unused zero|discard`: what the clone does not copy to holds nothing afterwards, whatever stood there on source and target. */
import { open, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, cliJson } from '../support/cli';
import { CLONE_TOOLS, judgeClone } from '../support/judgeClone';
import { loopDevice } from '../support/loopDevice';
import { exportDevice } from '../support/nbdExport';
import { makeImage, makeSampleDisk, MIB, type SampleDisk } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must, sha256OfFile } from '../support/tool';
import { requireRoot, requireTool } from '../support/tools';

const SECTOR = 512;
const OLD = 0xa5;
const DELETED = 0x5a;
const TARGET_SIZE = 256 * MIB;

interface Setting {
  scratch: string;
  home: string;
  disk: SampleDisk;
  target: string;
}

/** A disk whose filesystems have the content of deleted files in their free space, and a target full of old bytes. */
async function setting(): Promise<Setting> {
  requireTool(...CLONE_TOOLS, 'mdel', 'debugfs');
  const scratch = await scratchFolder();
  const disk = await makeSampleDisk(join(scratch, 'source.img'), scratch);
  const deleted = join(scratch, 'deleted');
  await writeFile(deleted, Buffer.alloc(5 * MIB, DELETED));
  for (const { start, filesystem } of disk.partitions) {
    if (filesystem === 'vfat') {
      await must('mcopy', '-i', `${disk.path}@@${start}`, deleted, '::/deleted');
      await must('mdel', '-i', `${disk.path}@@${start}`, '::/deleted');
    } else {
      await must('debugfs', '-w', '-R', `write ${deleted} deleted`, `${disk.path}?offset=${start}`);
      await must('debugfs', '-w', '-R', 'rm deleted', `${disk.path}?offset=${start}`);
    }
  }
  const target = join(scratch, 'target.img');
  await makeImage(target, TARGET_SIZE, OLD);
  return { scratch, home: join(scratch, 'home'), disk, target };
}

/** Every sector of `image` is as on the source or zeros, or the table's; what was deleted on the source or stood on the target is nowhere. */
async function expectNothingUnused({ disk }: Setting, image: string): Promise<void> {
  expect(await countFilled(disk.path, DELETED)).toBeGreaterThan((3 * 4 * MIB) / SECTOR);
  expect(await countFilled(image, DELETED)).toBe(0);
  expect(await countFilled(image, OLD)).toBe(0);
  const zeros = Buffer.alloc(SECTOR);
  const strange: number[] = [];
  const [source, target] = [await open(disk.path), await open(image)];
  try {
    const [from, to] = [Buffer.alloc(MIB), Buffer.alloc(MIB)];
    for (let at = 0; at < TARGET_SIZE; at += MIB) {
      from.fill(0);
      await source.read(from, 0, MIB, at);
      await target.read(to, 0, MIB, at);
      for (let sector = 0; sector < MIB; sector += SECTOR) {
        const found = to.subarray(sector, sector + SECTOR);
        if (!found.equals(zeros) && !found.equals(from.subarray(sector, sector + SECTOR))) strange.push((at + sector) / SECTOR);
      }
    }
  } finally {
    await source.close();
    await target.close();
  }
  // The protective MBR, the GPT header and 32 sectors of entries, each where the format puts them (UEFI 2.10, §5.3).
  const last = TARGET_SIZE / SECTOR - 1;
  expect(strange.filter((lba) => lba >= 34 && lba < last - 32)).toEqual([]);
}

async function countFilled(path: string, byte: number): Promise<number> {
  const wanted = Buffer.alloc(SECTOR, byte);
  const buffer = Buffer.alloc(MIB);
  const file = await open(path);
  let count = 0;
  try {
    for (let at = 0; ; at += MIB) {
      const { bytesRead } = await file.read(buffer, 0, MIB, at);
      if (bytesRead === 0) return count;
      for (let sector = 0; sector < bytesRead; sector += SECTOR)
        if (buffer.subarray(sector, sector + SECTOR).equals(wanted)) count++;
    }
  } finally {
    await file.close();
  }
}

for (const unused of ['zero', 'discard'] as const) {
  test(`--unused ${unused} onto a file`, async () => {
    const given = await setting();
    const result = await cli(['clone', 'disk', given.disk.path, given.target, '--unused', unused, '--yes'], given);
    expect(result.status, result.stderr).toBe(0);
    await expectNothingUnused(given, given.target);
    await judgeClone(given.disk, given.target, given.scratch);
    expect((await stat(given.target)).blocks * 512).toBeLessThan(64 * MIB);
  });

  test(`--unused ${unused} onto a loop device`, async () => {
    requireRoot();
    const given = await setting();
    const device = await loopDevice(given.target);
    const result = await cli(['clone', 'disk', given.disk.path, device, '--unused', unused, '--yes'], given);
    expect(result.status, result.stderr).toBe(0);
    await must('blockdev', '--flushbufs', device);
    await expectNothingUnused(given, device);
    await judgeClone(given.disk, device, given.scratch);
    expect((await stat(given.target)).blocks * 512).toBeLessThan(64 * MIB);
  });

  test(`--unused ${unused} in a simulation`, async () => {
    requireTool('nbdcopy');
    const given = await setting();
    const before = await sha256OfFile(given.target);
    const command = ['clone', 'disk', given.disk.path, given.target, '--unused', unused, '--simulate'];
    const { overlay } = await cliJson<{ overlay: string }>(command, given);
    const raw = join(given.scratch, 'simulated.img');
    await must('nbdcopy', await exportDevice(overlay, given.home, given.scratch), raw);
    await expectNothingUnused(given, raw);
    await judgeClone(given.disk, raw, given.scratch);
    expect(await sha256OfFile(given.target)).toBe(before);
  });

  test(`clone partition --unused ${unused} touches that partition only`, async () => {
    const given = await setting();
    const clone = await cli(['clone', 'disk', given.disk.path, given.target, '--yes'], given);
    expect(clone.status, clone.stderr).toBe(0);
    const outside = await sha256Around(given.target, given.disk.partitions[2]!);
    const command = ['clone', 'partition', `${given.disk.path}#1`, `${given.target}#3`, '--unused', unused, '--yes'];
    const result = await cli(command, given);
    expect(result.status, result.stderr).toBe(0);
    expect(await sha256Around(given.target, given.disk.partitions[2]!)).toBe(outside);
    const partition = join(given.scratch, 'partition.img');
    const { start, size } = given.disk.partitions[2]!;
    await must(
      'dd',
      `if=${given.target}`,
      `of=${partition}`,
      `skip=${start / MIB}`,
      `count=${size / MIB}`,
      'bs=1M',
      'status=none',
    );
    expect(await countFilled(partition, OLD)).toBe(0);
    expect(await countFilled(partition, DELETED)).toBe(0);
    await must('fsck.fat', '-n', partition);
  });
}

/** SHA-256 of everything but one partition. */
async function sha256Around(disk: string, { start, size }: { start: number; size: number }): Promise<string> {
  const end = (start + size) / MIB;
  const pipe = `(dd if='${disk}' bs=1M count=${start / MIB}; dd if='${disk}' bs=1M skip=${end}) 2>/dev/null | sha256sum`;
  return must('sh', '-c', pipe);
}
