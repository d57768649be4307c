/** Volume groups and arrays that Linux made, by the command line: `DEVICE#N@NAME`. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, cliJson } from '../support/cli';
import { encrypted, fatVolume, fixture, groupOn, mirrored } from '../support/nestedVolumes';
import { makeImage, MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireRoot, requireTool } from '../support/tools';

const KIB = 1024;
const PASSPHRASE = 'a bear and a train';

/** A disk with the members in partitions, one behind the other. */
async function diskOf(path: string, ...members: Buffer[]): Promise<void> {
  requireTool('sgdisk');
  await makeImage(
    path,
    members.reduce((sum, { length }) => sum + length, 2 * MIB),
  );
  let start = MIB;
  const disk = await readFile(path);
  const places = members.map((bytes) => {
    bytes.copy(disk, start);
    const place = `--new=0:${start / 512}:${(start += bytes.length) / 512 - 1}`;
    return place;
  });
  await writeFile(path, disk);
  await must('sgdisk', '--set-alignment=1', ...places, path);
}

test('a volume group on two partitions and another disk opens to its files', async () => {
  const scratch = await scratchFolder();
  const home = join(scratch, 'home');
  const [disk, other] = [join(scratch, 'disk.img'), join(scratch, 'other.img')];
  await diskOf(disk, await fixture('group.0'), await fixture('group.1'));
  await writeFile(other, await fixture('group.2'));
  type Info = { container: { type: string; label: string; devices: { name: string; unavailable?: string }[] } };
  const { container } = await cliJson<Info>(['info', `${disk}#2`], { home });
  expect(container).toMatchObject({ type: 'LVM2_member', label: 'group' });
  const missing = await cli(['cat', `${disk}#1@root#0:/name.txt`], { home });
  expect(missing).toMatchObject({
    status: 3,
    stdout: '',
    stderr: expect.stringMatching(/physical volume \S+ \(last seen as \/dev\/loop42\) is missing/),
  });
  const whole = `${disk}#1+${other}#0@root`;
  const files = await cli(['ls', '--recursive', `${whole}#0:/`], { home });
  expect(files.stdout).toMatch(/folder\/lines\.txt/);
  expect((await cli(['cat', `${whole}#0:/name.txt`], { home })).stdout).toBe('group\n');
  expect((await cli(['cat', `${disk}#2+${other}#0@group/root#0:/name.txt`], { home })).stdout).toBe('group\n');
});

test('an array opens to its files from both of its devices, and from one', async () => {
  const scratch = await scratchFolder();
  const home = join(scratch, 'home');
  const [disk, one] = [join(scratch, 'disk.img'), join(scratch, 'one.img')];
  const [first, second, old] = await Promise.all(['raid1-1.2.0', 'raid1-1.2.1', 'raid1-0.90.0'].map(fixture));
  // The superblock of version 0.90 stands before the last whole 64 KiB.
  await diskOf(disk, first!, second!, Buffer.concat([old!, Buffer.alloc(33 * 512)]));
  await writeFile(one, await fixture('raid1-1.0.1'));
  for (const [name, content] of [
    [`${disk}#2@mirror`, 'raid1 1.2\n'],
    [`${disk}#3@md`, 'raid1 0.90\n'],
    [`${one}#0@mirror`, 'raid1 1.0\n'],
  ])
    expect((await cli(['cat', `${name}#0:/name.txt`], { home })).stdout).toBe(content);
  const { stdout } = await cli(['info', `${one}#0`], { home });
  expect(stdout).toMatch(/degraded: 1 of 2 devices/);
});

test('a volume group in an encrypted volume on a volume group on an array opens to its files', async () => {
  requireTool('lvm', 'losetup', 'cryptsetup', 'mdadm', 'mkfs.vfat', 'mcopy');
  requireRoot();
  const scratch = await scratchFolder();
  const options = { home: join(scratch, 'home'), env: { DISKWRIGHT_PASSWORD: PASSPHRASE } };
  const fat = await fatVolume(scratch, 512 * KIB, 'deep\n');
  const [inner] = await groupOn([768 * KIB], 'deep', 'root', fat);
  const [outer] = await groupOn([3 * MIB], 'wide', 'vault', await encrypted(scratch, inner!, PASSPHRASE));
  const disk = join(scratch, 'disk.img');
  await diskOf(disk, ...(await mirrored(scratch, ['raid1-1.2.0', 'raid1-1.2.1'], outer!)));
  const vault = `${disk}#2@mirror#0@vault`;

  const info = await cli(['info', `${vault}#0`], { home: options.home });
  expect(info.stdout).toContain('LUKS');
  expect(info.stdout).toContain('is locked');
  const root = `${vault}#0@luks#0@deep/root`;
  expect(await cli(['cat', `${root}#0:/name.txt`], options)).toMatchObject({ status: 0, stdout: 'deep\n', stderr: '' });
  const copy = join(scratch, 'copy.img');
  await writeFile(copy, Buffer.alloc(fat.length));
  expect(await cli(['clone', 'disk', root, copy, '--yes'], options)).toMatchObject({ status: 0 });
  expect((await readFile(copy)).equals(fat)).toBe(true);
});

test('a volume group lies on two volumes that are encrypted each', async () => {
  requireTool('lvm', 'losetup', 'cryptsetup', 'mkfs.vfat', 'mcopy');
  requireRoot();
  const scratch = await scratchFolder();
  const options = { home: join(scratch, 'home'), env: { DISKWRIGHT_PASSWORD: PASSPHRASE } };
  const members = await groupOn([MIB, MIB], 'wide', 'root', await fatVolume(scratch, MIB, 'wide\n'));
  const disk = join(scratch, 'disk.img');
  const locked: Buffer[] = [];
  for (const member of members) locked.push(await encrypted(scratch, member, PASSPHRASE));
  await diskOf(disk, ...locked);
  const alone = await cli(['cat', `${disk}#1@luks#0@root#0:/name.txt`], options);
  expect(alone).toMatchObject({ status: 3, stderr: expect.stringContaining('is missing') });
  const both = await cli(['cat', `${disk}#1@luks#0++${disk}#2@luks#0@root#0:/name.txt`], options);
  expect(both).toMatchObject({ status: 0, stdout: 'wide\n', stderr: '' });
});
