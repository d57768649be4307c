/** A whole disk is cloned by the command line; the formats' own tools judge the result. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, cliJson } from '../support/cli';
import { CLONE_TOOLS, judgeClone } from '../support/judgeClone';
import { loopDevice } from '../support/loopDevice';
import { makeImage, makeSampleDisk, MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must, sha256OfFile, tool } from '../support/tool';
import { requireRoot, requireTool } from '../support/tools';

for (const sectorSize of [512, 4096] as const) {
  for (const filling of ['holes', '0xA5'] as const) {
    test(`an image with sectors of ${sectorSize} onto a larger one full of ${filling}`, async () => {
      requireTool(...CLONE_TOOLS);
      if (sectorSize === 4096) requireRoot();
      const scratch = await scratchFolder();
      const disk = await makeSampleDisk(join(scratch, 'source.img'), scratch, sectorSize);
      const target = join(scratch, 'target.img');
      await makeImage(target, 256 * MIB, filling === '0xA5' ? 0xa5 : undefined);
      const before = await sha256OfFile(disk.path);

      // An empty target image says nothing of its sector size: a loop device of the right one does.
      const device = sectorSize === 4096 ? await loopDevice(target, { sectorSize }) : target;
      const result = await cli(['clone', 'disk', disk.path, device, '--yes'], { home: join(scratch, 'home') });

      expect(result.stderr + result.stdout).toContain('Done');
      expect(result.status).toBe(0);
      expect(await sha256OfFile(disk.path)).toBe(before);
      await judgeClone(disk, device, scratch);
    });
  }
}

test('an image with sectors of 4096 onto an empty image, whose sector size is given', async () => {
  requireTool(...CLONE_TOOLS);
  requireRoot();
  const scratch = await scratchFolder();
  const disk = await makeSampleDisk(join(scratch, 'source.img'), scratch, 4096);
  const target = join(scratch, 'target.img');
  await makeImage(target, 200 * MIB);

  const result = await cli(['clone', 'disk', disk.path, target, '--sector-size', '4096', '--yes'], {
    home: join(scratch, 'home'),
  });

  expect(result.status, result.stderr).toBe(0);
  await judgeClone(disk, await loopDevice(target, { sectorSize: 4096 }), scratch);
});

test('a block device onto a block device', async () => {
  requireTool(...CLONE_TOOLS);
  requireRoot();
  const scratch = await scratchFolder();
  const disk = await makeSampleDisk(join(scratch, 'source.img'), scratch);
  await makeImage(join(scratch, 'target.img'), 220 * MIB, 0xa5);
  const source = await loopDevice(disk.path, { readOnly: true });
  const target = await loopDevice(join(scratch, 'target.img'));

  const result = await cli(['clone', 'disk', source, target, '--yes'], { home: join(scratch, 'home') });

  expect(result.status, result.stderr).toBe(0);
  await judgeClone(disk, target, scratch);
});

test('--layout fit grows the entry of the last partition and says that its filesystem did not grow', async () => {
  requireTool(...CLONE_TOOLS);
  const scratch = await scratchFolder();
  const disk = await makeSampleDisk(join(scratch, 'source.img'), scratch);
  const target = join(scratch, 'target.img');
  await makeImage(target, 300 * MIB);

  const result = await cli(['clone', 'disk', disk.path, target, '--layout', 'fit', '--yes'], { home: join(scratch, 'home') });

  expect(result.status, result.stderr).toBe(0);
  expect(result.stderr).toContain('keeps its size');
  const table = JSON.parse(await must('sfdisk', '--json', target)) as {
    partitiontable: { partitions: { start: number; size: number }[] };
  };
  const last = table.partitiontable.partitions[2]!;
  expect((last.start + last.size) * 512).toBe(299 * MIB);
  await judgeClone(disk, target, scratch);
});

test('--identity new changes every id of the table', async () => {
  requireTool(...CLONE_TOOLS);
  const scratch = await scratchFolder();
  const disk = await makeSampleDisk(join(scratch, 'source.img'), scratch);
  const target = join(scratch, 'target.img');
  await makeImage(target, 200 * MIB);

  const result = await cli(['clone', 'disk', disk.path, target, '--identity', 'new', '--yes'], { home: join(scratch, 'home') });

  expect(result.status, result.stderr).toBe(0);
  const ids = async (path: string): Promise<string[]> =>
    (await must('sfdisk', '--dump', path)).match(/(?<=label-id: |uuid=)[0-9A-F-]{36}/g)!;
  const [old, fresh] = [await ids(disk.path), await ids(target)];
  expect(fresh).toHaveLength(4);
  expect(fresh.filter((id) => old.includes(id))).toEqual([]);
});

test('a target that is too small is refused with the numbers, and not written', async () => {
  requireTool(...CLONE_TOOLS);
  const scratch = await scratchFolder();
  const disk = await makeSampleDisk(join(scratch, 'source.img'), scratch);
  const target = join(scratch, 'target.img');
  await makeImage(target, 100 * MIB);

  const result = await cli(['clone', 'disk', disk.path, target, '--yes'], { home: join(scratch, 'home') });

  expect(result.status).toBe(3);
  expect(result.stderr).toContain(String(100 * MIB));
  expect(result.stderr).toContain(String(195 * MIB));
  expect((await tool('cmp', '-n', String(100 * MIB), target, '/dev/zero')).status).toBe(0);
});

test('without --yes and without a terminal nothing is written', async () => {
  requireTool(...CLONE_TOOLS);
  const scratch = await scratchFolder();
  const disk = await makeSampleDisk(join(scratch, 'source.img'), scratch);
  const target = join(scratch, 'target.img');
  await makeImage(target, 200 * MIB);

  const result = await cli(['clone', 'disk', disk.path, target], { home: join(scratch, 'home') });

  expect(result.status).toBe(2);
  expect(result.stderr).toContain('--yes');
  expect((await tool('cmp', '-n', String(200 * MIB), target, '/dev/zero')).status).toBe(0);
});

test('a stored plan is simulated, looked into, and applied', async () => {
  requireTool(...CLONE_TOOLS);
  const scratch = await scratchFolder();
  const options = { home: join(scratch, 'home') };
  const disk = await makeSampleDisk(join(scratch, 'source.img'), scratch);
  const target = join(scratch, 'target.img');
  await makeImage(target, 200 * MIB, 0xa5);
  const untouched = await sha256OfFile(target);
  const plan = join(scratch, 'clone.plan');

  const stored = await cliJson<{ digest: string }>(['clone', 'disk', disk.path, target, '--plan', plan], options);
  expect(stored.digest).toBe(await sha256OfFile(plan));
  const simulated = await cliJson<{ overlay: string; layout: { partitions: unknown[] } }>(['plan', 'simulate', plan], options);
  expect(simulated.layout.partitions).toHaveLength(3);
  const layout = await cliJson<{ partitions: { filesystem: { type: string } | null }[] }>(['layout', simulated.overlay], options);
  expect(layout.partitions.map((partition) => partition.filesystem?.type)).toEqual(['vfat', 'ext4', 'vfat']);
  expect(await sha256OfFile(target)).toBe(untouched);

  const applied = await cli(['plan', 'apply', plan, '--yes'], options);
  expect(applied.status, applied.stderr).toBe(0);
  await judgeClone(disk, target, scratch);
});
