import { expect, test } from 'vitest';
import { withInodes } from './directoryListing';
import type { InodeTable } from './inodeTable';

test('a name that leads to no inode says so', async () => {
  const table = { readMany: () => Promise.resolve(new Map()) } as unknown as InodeTable;
  const entry = { name: Buffer.from('lost'), objectId: 8, fileType: 1, isSubvolume: false } as Parameters<
    typeof withInodes
  >[1][number]['entry'];
  const [listed] = await withInodes(table, [{ directory: { tree: 5, inode: 256 }, entry }], true, new AbortController().signal);
  expect(listed).toMatchObject({
    path: 'lost',
    type: 'file',
    damage: 'inode 8 of subvolume 5 is not there, or cannot be read',
  });
});
