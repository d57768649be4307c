/** Which files lie in ranges of a disk; debugfs says where they are. */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { OwnerLink } from '../../core/src/common/workbench';
import type { FileOwner } from '../../core/src/host/structures/fileOwners';
import { cliJson } from '../support/cli';
import { hostHere } from '../support/hostHere';
import { makeSampleDisk, MIB, type SampleDisk } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';

interface Setting {
  folder: string;
  disk: SampleDisk;
  /** Offset on the disk of the first byte of a file in its ext4. */
  placeOf(path: string): Promise<{ offset: number; inode: string }>;
}

async function sample(): Promise<Setting> {
  requireTool('debugfs', 'mkfs.ext4');
  const folder = await scratchFolder();
  const disk = await makeSampleDisk(join(folder, 'disk.img'), folder);
  const ext = disk.partitions[1]!;
  const volume = join(folder, 'ext.img');
  await must(
    'dd',
    `if=${disk.path}`,
    `of=${volume}`,
    'bs=1M',
    `skip=${ext.start / MIB}`,
    `count=${ext.size / MIB}`,
    'status=none',
  );
  const blockSize = Number(/Block size:\s+(\d+)/.exec(await must('dumpe2fs', '-h', volume))![1]);
  return {
    folder,
    disk,
    placeOf: async (path) => {
      const blocks = (await must('debugfs', '-R', `blocks "${path}"`, volume)).trim().split(/\s+/);
      const inode = /Inode: (\d+)/.exec(await must('debugfs', '-R', `stat "${path}"`, volume))![1]!;
      return { offset: ext.start + Number(blocks[0]) * blockSize, inode };
    },
  };
}

test('ranges lead to files, structures, free space and what is no volume, each byte once', async () => {
  const { folder, disk, placeOf } = await sample();
  const host = await hostHere(folder);
  const letter = await placeOf('/documents/letter-7.txt');
  const large = await placeOf('/pictures/large.bin');
  const [fat, ext] = disk.partitions as [SampleDisk['partitions'][0], SampleDisk['partitions'][0]];
  const ranges = [
    { offset: large.offset + MIB, length: 1024 },
    { offset: letter.offset, length: 512 },
    { offset: ext.start + 1024, length: 512 },
    { offset: ext.start + ext.size - 4096, length: 512 },
    { offset: fat.start + 8 * MIB, length: 512 },
    { offset: 512, length: 512 },
  ];
  const owners: FileOwner[] = [];
  for await (const owner of host.fileOwners.ofDevice(disk.path, ranges)) owners.push(owner);
  const at = (offset: number): FileOwner => owners.find((owner) => owner.offset === offset)!;
  expect(at(large.offset + MIB)).toEqual({
    offset: large.offset + MIB,
    length: 1024,
    partition: 2,
    kind: 'file',
    what: '/pictures/large.bin',
    path: '/pictures/large.bin',
    otherPaths: [],
    node: large.inode,
    fileOffset: MIB,
  });
  expect(at(letter.offset)).toMatchObject({ path: '/documents/letter-7.txt', node: letter.inode, fileOffset: 0 });
  expect(at(ext.start + 1024)).toMatchObject({ kind: 'structure', partition: 2, path: null });
  expect(at(ext.start + ext.size - 4096)).toMatchObject({ kind: 'free', partition: 2 });
  expect(at(fat.start + 8 * MIB)).toMatchObject({ kind: 'free', partition: 1, what: 'free space' });
  expect(at(512)).toMatchObject({ kind: 'outside', partition: null, what: expect.stringContaining('GPT') });
  expect(owners.reduce((sum, { length }) => sum + length, 0)).toBe(ranges.reduce((sum, { length }) => sum + length, 0));
});

test('what is cancelled stops, and the device is closed again', async () => {
  const { folder, disk } = await sample();
  const host = await hostHere(folder);
  const owners = host.fileOwners.ofDevice(disk.path, [{ offset: 0, length: disk.size }], { signal: AbortSignal.abort() });
  await expect(owners.next()).rejects.toMatchObject({ code: 'Cancelled' });
  expect(host.devices.idsOf(disk.path)).toEqual([]);
});

test('the owner of a byte is followed down to the file, and to its directory and the rest of the filesystem', async () => {
  const { folder, disk, placeOf } = await sample();
  const letter = await placeOf('/documents/letter-7.txt');
  const { chain } = await cliJson<{ chain: OwnerLink[] }>(['owner', disk.path, String(letter.offset + 5)], { home: folder });
  expect(chain.map(({ layer }) => layer)).toEqual(['device', 'partition', 'volume', 'allocated', 'file']);
  expect(chain.at(-1)).toMatchObject({ path: '/documents/letter-7.txt', offset: letter.offset });
  const host = await hostHere(folder);
  const { deviceId } = await host.devices.open(disk.path);
  onTestFinished(() => host.devices.close(deviceId));
  const directory = await placeOf('/documents');
  expect((await host.owners.chain(deviceId, directory.offset)).chain.at(-1)).toMatchObject({
    layer: 'structure',
    what: 'directory /documents',
  });
});
