import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DamagedStructureError } from '@diskwright/sdk/errors';
import type { FilesystemEntry } from '@diskwright/sdk/protocol';
import { entriesIn, TableColumns } from '@diskwright/sdk/protocol';
import { toolsMissing } from '@diskwright/sdk/testing';
import type { NtfsFilesystem } from '../ntfsFilesystem';
import { type NtfsImage, ntfsTools } from '../testing/ntfsImage';
import { newImage, openImage, signal } from '../testing/openImage';

const MIB = 1024 * 1024;
const FILES = 100;
const IN_USE_AT = 22;

interface Told {
  names: string[];
  damaged: string[];
  error: DamagedStructureError | null;
}

/** What a walk tells before it ends, in whatever way. */
async function toldBy(walk: AsyncIterable<FilesystemEntry[]>): Promise<Told> {
  const told: Told = { names: [], damaged: [], error: null };
  try {
    for await (const entries of walk)
      for (const { path, damage } of entries)
        if (!path.startsWith('$')) (damage === undefined ? told.names : told.damaged).push(path);
  } catch (error) {
    told.error = error as DamagedStructureError;
  }
  return told;
}

const walkAll = ({ files }: NtfsFilesystem): AsyncIterable<FilesystemEntry[]> =>
  files.walkBatches(files.root.node, { recursive: true }, signal);

async function* tablesOf({ files }: NtfsFilesystem): AsyncGenerator<FilesystemEntry[]> {
  for await (const table of files.walkTables(files.root.node, { recursive: true }, signal)!)
    yield entriesIn(new TableColumns(table));
}

const image = async (): Promise<NtfsImage> =>
  newImage()
    .format(24 * MIB)
    .mounted((folder) => {
      mkdirSync(join(folder, 'many'));
      for (let index = 0; index < FILES; index++) writeFileSync(join(folder, 'many', `file ${index}`), '');
    });

const nodeOf = async (ntfs: NtfsFilesystem, path: string): Promise<string> => (await ntfs.files.lookup(path, signal))!.node;

describe.skipIf(toolsMissing(...ntfsTools))('damage of NTFS is told behind what can be listed', () => {
  test.each([
    ['torn', 510, [0xee, 0xee]],
    ['overwritten', 0, Buffer.alloc(512)],
  ])('a file record that is %s', async (_, at, bytes) => {
    const damaged = await image();
    const ntfs = await openImage(damaged);
    const { offset } = await ntfs.files.recordOf(await nodeOf(ntfs, '/many/file 7'));
    damaged.patch(offset + at, bytes as number[]);
    for (const walk of [walkAll, tablesOf]) {
      const { names, error } = await toldBy(walk(await openImage(damaged)));
      expect(names).toHaveLength(FILES);
      expect(names).not.toContain('many/file 7');
      expect(error).toMatchObject({ name: 'DamagedStructure', detail: { offset } });
    }
    const { files } = await openImage(damaged);
    const inDirectory = await toldBy(files.walkBatches(await nodeOf(ntfs, '/many'), { recursive: true }, signal));
    expect([inDirectory.names.length, inDirectory.damaged, inDirectory.error]).toEqual([FILES - 1, ['file 7'], null]);
  });

  test('a torn record that is not in use is none', async () => {
    const damaged = await image();
    const ntfs = await openImage(damaged);
    const { offset } = await ntfs.files.recordOf(await nodeOf(ntfs, '/many/file 7'));
    damaged.patch(offset + 510, [0xee, 0xee]).patch(offset + IN_USE_AT, [0]);
    expect((await toldBy(walkAll(await openImage(damaged)))).error).toBeNull();
  });

  test('a block of an index', async () => {
    const damaged = await image();
    const ntfs = await openImage(damaged);
    const many = await nodeOf(ntfs, '/many');
    const extents = await ntfs.files.extentsOf(many, signal);
    damaged.patch(extents[0]!.offset + 510, [0xee, 0xee]);
    const { files } = await openImage(damaged);
    const { names, error } = await toldBy(files.walkBatches(many, { recursive: true }, signal));
    expect(names.length).toBeGreaterThan(0);
    expect(names.length).toBeLessThan(FILES);
    expect(error).toMatchObject({ name: 'DamagedStructure', detail: { offset: extents[0]!.offset } });
    const found = Array.from({ length: FILES }, (_, index) => `file ${index}`).find((name) => !names.includes(name))!;
    await expect(files.lookup(`/many/${found}`, signal)).rejects.toThrow('index of the directory');
    // The table of files knows them all.
    expect(await toldBy(walkAll(await openImage(damaged)))).toMatchObject({ names: { length: FILES + 1 }, error: null });
  });
});
