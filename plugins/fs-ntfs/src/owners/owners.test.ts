import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Owner } from '@diskwright/sdk/protocol';
import { runTool, SeededRandom, toolsMissing } from '@diskwright/sdk/testing';
import type { NtfsFilesystem } from '../ntfsFilesystem';
import { listed } from '../testing/compareTree';
import { ntfsTools, type NtfsImage } from '../testing/ntfsImage';
import { newImage, openImage, signal } from '../testing/openImage';

const MIB = 1024 * 1024;
const SIZE = 32 * MIB;

async function filled(): Promise<NtfsImage> {
  const random = new SeededRandom(13);
  return newImage()
    .format(SIZE)
    .mounted((folder) => {
      mkdirSync(join(folder, 'folder'));
      for (let index = 0; index < 120; index++)
        writeFileSync(join(folder, 'folder', `file ${index}`), random.bytes(random.integer(30_000)));
      writeFileSync(join(folder, 'small'), 'in its record');
      writeFileSync(join(folder, 'folder/file 1:stream'), random.bytes(9000));
    }, 'streams_interface=windows');
}

async function owners(ntfs: NtfsFilesystem, ...ranges: { offset: number; length: number }[]): Promise<Owner[]> {
  const found: Owner[] = [];
  for await (const owner of ntfs.ownersOf(ranges, signal)) found.push(owner);
  return found;
}

describe.skipIf(toolsMissing(...ntfsTools))('owners of sectors of NTFS', () => {
  test('every byte has one, and each extent of a file is that of the file', async () => {
    const ntfs = await openImage(await filled());
    const all = await owners(ntfs, { offset: 0, length: SIZE });
    let end = 0;
    for (const { offset, length } of all) {
      expect(offset).toBe(end);
      end = offset + length;
    }
    expect(end).toBe(SIZE);
    for (const { path, node } of (await listed(ntfs)).filter(({ type }) => type === 'file').slice(0, 60)) {
      const extents = await ntfs.files.extentsOf(node, signal);
      if (extents.length === 0 || path.startsWith('$')) continue;
      const told = await owners(ntfs, { offset: extents[0]!.offset, length: 1 });
      expect(told).toEqual([expect.objectContaining({ kind: 'file', name: `/${path}`, node, fileOffset: 0 })]);
    }
  });

  test('are those that ntfscluster tells', async () => {
    const image = await filled();
    const ntfs = await openImage(image);
    for (const cluster of [0, 4, 300, 4000, 4700, 4900, 5000, 5100, 5300]) {
      const output = runTool('ntfscluster', ['-q', '-c', `${cluster}-${cluster}`, image.path]);
      const inode = /^Inode (\d+)/m.exec(output)?.[1];
      const [owner] = await owners(ntfs, { offset: cluster * 4096, length: 512 });
      // Records of the table of files are told one by one, each with its own file.
      if (inode === '0') expect(owner!.name).toMatch(/^file record /);
      else expect(owner!.kind === 'free' ? undefined : owner!.node, `cluster ${cluster}: ${output}`).toBe(inode);
    }
  });

  test('a record, a named stream and the copy of the boot sector are told as such', async () => {
    const ntfs = await openImage(await filled());
    const record = 4 * 4096 + 5 * 1024;
    expect(await owners(ntfs, { offset: record, length: 1 })).toContainEqual(
      expect.objectContaining({ offset: record, length: 1024, name: 'file record 5 of /', node: '5' }),
    );
    const all = await owners(ntfs, { offset: 0, length: SIZE });
    expect(all.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['stream stream of /folder/file 1', '/$LogFile', 'copy of the boot sector', 'free space']),
    );
  });
});
