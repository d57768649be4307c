import { createHash } from 'node:crypto';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toolsMissing } from '@diskwright/sdk/testing';
import { ntfsTools } from '../testing/ntfsImage';
import { newImage, openImage, signal } from '../testing/openImage';

const MIB = 1024 * 1024;

describe.skipIf(toolsMissing(...ntfsTools))('files of NTFS', () => {
  test('a sparse file of 5 GiB is zeros, and read at once', async () => {
    const image = newImage().format(32 * MIB);
    await image.mounted((folder) => {
      writeFileSync(join(folder, 'sparse'), '');
      truncateSync(join(folder, 'sparse'), 5 * 1024 * MIB);
    });
    const ntfs = await openImage(image);
    const { node } = (await ntfs.files.lookup('/sparse', signal))!;
    const { size, segments } = await ntfs.files.contentOf(node, undefined, signal);
    expect([size, [...(segments as Iterable<unknown>)]]).toEqual([5 * 1024 * MIB, [{ kind: 'zeros', length: 5 * 1024 * MIB }]]);
    const last = await ntfs.files.readContent(node, undefined, size - 10, 10, signal);
    expect(createHash('md5').update(last).digest('hex')).toBe(createHash('md5').update(Buffer.alloc(10)).digest('hex'));
  });

  test('names are found whatever their case, the exact one first', async () => {
    const image = newImage().format(32 * MIB);
    await image.mounted((folder) => {
      for (const name of ['Name', 'NAME', 'other']) writeFileSync(join(folder, name), name);
    });
    const ntfs = await openImage(image);
    for (const name of ['Name', 'NAME', 'OTHER']) {
      const found = await ntfs.files.lookup(`/${name}`, signal);
      const bytes = await ntfs.files.readContent(found!.node, undefined, 0, found!.size, signal);
      expect(bytes.toString()).toBe(name === 'OTHER' ? 'other' : name);
    }
    expect(await ntfs.files.lookup('/nothing', signal)).toBeNull();
  });
});
