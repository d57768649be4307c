import { describe, expect, test } from 'vitest';
import { toolsMissing } from '@diskwright/sdk/testing';
import { bootSector16, bootSector32 } from './structures/bootSector';
import { directoryEntry } from './structures/directoryEntry';
import { firstEntries12, firstEntries16, firstEntries32 } from './structures/firstFatEntries';
import { fsInfo } from './structures/fsInfo';
import { trimText } from './structures/oemText';
import { TOOLS, run } from './testing/fatImage';
import { makeFat, openFat, signal } from './testing/openFat';

const MIB = 1024 * 1024;

describe.skipIf(toolsMissing(...TOOLS))('structures: parser, field ranges and encoder', () => {
  test('FAT16 boot sector', () => {
    const image = makeFat(24 * MIB, ['-F', '16', '-s', '4', '-h', '63', '-i', 'cafe1234', '-r', '256']);
    const raw = image.peek(0, 512);
    const boot = bootSector16.read(raw);
    expect(boot).toMatchObject({
      bytesPerSector: 512,
      sectorsPerCluster: 4,
      fatCount: 2,
      rootEntries: 256,
      totalSectors16: 49152,
    });
    expect(boot).toMatchObject({ hiddenSectors: 63, serial: 0xcafe1234, typeName: 'FAT16   ', signature: 0xaa55, media: 0xf8 });
    expect(bootSector16.encode(boot, raw).equals(raw)).toBe(true);
    expect(bootSector16.range('serial')).toEqual({ offset: 0x27, length: 4 });
    image.patch(0x27, bootSector16.encodeField('serial', '0x00c0ffee').bytes);
    expect(image.blkid()['UUID']).toBe('00C0-FFEE');
  });

  test('FAT32 boot sector', () => {
    const image = makeFat(64 * MIB, ['-F', '32', '-s', '1', '-R', '40', '-b', '9', '-i', 'cafe1234']);
    const raw = image.peek(0, 512);
    const boot = bootSector32.read(raw);
    expect(boot).toMatchObject({
      reservedSectors: 40,
      sectorsPerFat16: 0,
      rootCluster: 2,
      fsInfoSector: 1,
      backupSector: 9,
      serial: 0xcafe1234,
    });
    expect(bootSector32.encode(boot, raw).equals(raw)).toBe(true);
    expect(bootSector32.range('backupSector')).toEqual({ offset: 0x32, length: 2 });
    const encoded = bootSector32.encodeField('hiddenSectors', '2048');
    image.patch(encoded.offset, encoded.bytes);
    expect(run('minfo', ['-i', image.path])).toMatch(/hidden sectors: 2048/);
  });

  test('FSInfo sector', () => {
    const image = makeFat(64 * MIB, ['-F', '32', '-s', '1']).fillAndFragment(1, 3, 3000);
    const raw = image.peek(512, 512);
    const { clusterCount, usedClusters } = image.oracle();
    const info = fsInfo.read(raw);
    expect(info).toMatchObject({
      leadSignature: 0x41615252,
      freeClusters: clusterCount - usedClusters.length,
      trailSignature: 0xaa550000,
    });
    expect(fsInfo.encode(info, raw).equals(raw)).toBe(true);
    expect(fsInfo.describe(raw, 0, 512)[2]).toMatchObject({ name: 'freeClusters', offset: 512 + 488, length: 4 });
    image.patch(512 + 488, fsInfo.encodeField('freeClusters', '77').bytes);
    expect(run('minfo', ['-i', image.path])).toMatch(/free clusters=77/);
  });

  test('directory entry with the volume label', () => {
    const image = makeFat(1440 * 1024, []);
    run('mlabel', ['-i', image.path, '::GRÜSSE']);
    // One reserved sector, two FATs of 9: the root directory of a floppy begins at sector 19.
    const raw = image.peek(19 * 512, 32);
    const entry = directoryEntry.read(raw);
    expect([trimText(entry.name), entry.attributes]).toEqual(['GRÜSSE', 8]);
    expect(directoryEntry.encode(entry, raw).equals(raw)).toBe(true);
    expect(directoryEntry.range('size')).toEqual({ offset: 28, length: 4 });
    image.patch(19 * 512, directoryEntry.encodeField('name', 'OTHER').bytes);
    expect(image.blkid()['LABEL']).toBe('OTHER');
  });

  test('first FAT entries', () => {
    const fat12 = Buffer.from('f0ffff', 'hex');
    const fat16 = Buffer.from('f8ffff7f', 'hex');
    const fat32 = Buffer.from('f8ffff0fffffff0b', 'hex');
    expect(firstEntries12.encode(firstEntries12.read(fat12)).equals(fat12)).toBe(true);
    expect(firstEntries16.encode(firstEntries16.read(fat16)).equals(fat16)).toBe(true);
    expect(firstEntries32.encode(firstEntries32.read(fat32)).equals(fat32)).toBe(true);
    expect(firstEntries16.describe(fat16, 0, 0)[1]).toMatchObject({ offset: 2, value: '0x7fff (not cleanly unmounted)' });
    expect(firstEntries32.describe(fat32, 0, 0)[1]).toMatchObject({
      offset: 4,
      value: '0x0bffffff (read or write errors were met)',
    });
  });

  test('all of a volume, in ascending order, each field within its structure', async () => {
    const filesystem = await openFat(makeFat(64 * MIB, ['-F', '32', '-s', '1']).path);
    const instances = [];
    for await (const instance of filesystem.structures(signal)) instances.push(instance);
    expect(instances.map(({ name, offset }) => [name, offset])).toEqual([
      ['FAT32 boot sector', 0],
      ['FSInfo sector', 512],
      ['FAT32 boot sector', 6 * 512],
      ['first FAT32 entries', 32 * 512],
      ['first FAT32 entries', (32 + 1009) * 512],
      // The volume label.
      ['FAT directory entry', (32 + 2 * 1009) * 512],
    ]);
    expect(instances.flatMap((instance) => instance.findings)).toEqual([]);
    for (const { offset, length, fields } of instances) {
      for (const field of fields) expect(field.offset >= offset && field.offset + field.length <= offset + length).toBe(true);
    }
  });

  test('an edited field gives the bytes at their place', async () => {
    const filesystem = await openFat(makeFat(64 * MIB, ['-F', '32', '-s', '1']).path);
    const edit = { structure: 'FAT32 boot sector', structureOffset: 3072, field: ['hiddenSectors'], value: '2048' };
    expect(await filesystem.encodeField(edit, signal)).toEqual({ offset: 3072 + 28, bytes: Buffer.from([0, 8, 0, 0]) });
    await expect(filesystem.encodeField({ ...edit, value: 'many' }, signal)).rejects.toMatchObject({ code: 'InvalidInput' });
    await expect(filesystem.encodeField({ ...edit, structureOffset: 1 }, signal)).rejects.toMatchObject({ code: 'InvalidInput' });
  });
});
