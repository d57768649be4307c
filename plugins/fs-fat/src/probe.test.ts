import { readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MemorySource } from '@diskwright/sdk/block';
import { FileSource, toolsMissing } from '@diskwright/sdk/testing';
import { probeFat } from './probe';
import { FatImage, TOOLS, run } from './testing/fatImage';
import { makeFat } from './testing/openFat';

const MIB = 1024 * 1024;

async function score(path: string): Promise<number> {
  const source = await FileSource.open(path);
  onTestFinished(() => source.close());
  return probeFat(source);
}

function blank(size: number): FatImage {
  const image = new FatImage();
  onTestFinished(() => image.remove());
  return image.blank(size);
}

describe.skipIf(toolsMissing(...TOOLS, 'mkfs.ext4', 'mkfs.ntfs', 'mkswap', 'sfdisk'))('probing', () => {
  test.each([
    ['a floppy', 1440 * 1024, []],
    ['FAT16', 24 * MIB, ['-F', '16']],
    ['FAT32', 64 * MIB, ['-F', '32', '-s', '1']],
    ['FAT32 of few clusters', 34 * MIB, ['-F', '32', '-s', '1']],
    ['FAT with a fake partition table', 24 * MIB, ['--mbr=y']],
    ['FAT with sectors of 4096', 64 * MIB, ['-S', '4096']],
  ])('%s is certain', async (_, size, args) => {
    expect(await score(makeFat(size, args).path)).toBe(100);
  });

  test('FAT without a type name is recognised by signature and jump, as blkid does', async () => {
    const image = makeFat(24 * MIB, ['-F', '16']).patch(54, Buffer.alloc(8));
    expect(image.blkid()['TYPE']).toBe('vfat');
    expect(await score(image.path)).toBe(70);
  });

  test('FAT without signature is recognised by its type name, as blkid does', async () => {
    const image = makeFat(24 * MIB, ['-F', '16']).patch(510, [0, 0]);
    expect(image.blkid()['TYPE']).toBe('vfat');
    expect(await score(image.path)).toBe(90);
  });

  test.each([
    ['NTFS', 'mkfs.ntfs', ['-F', '-Q', '-q']],
    ['ext4', 'mkfs.ext4', ['-q']],
    ['swap', 'mkswap', ['-q']],
  ])('%s is not FAT', async (_, tool, args) => {
    const image = blank(32 * MIB);
    run(tool, [...args, image.path]);
    expect(await score(image.path)).toBe(0);
  });

  test('exFAT is not FAT', async () => {
    // Its specification demands zeros where FAT has its parameters (section 3.1.3).
    const image = makeFat(24 * MIB, ['-F', '16'])
      .patch(3, Buffer.from('EXFAT   '))
      .patch(11, Buffer.alloc(53));
    expect(await score(image.path)).toBe(0);
  });

  test('HPFS and JFS with their FAT-like boot sector are not FAT, as blkid says', async () => {
    for (const name of ['HPFS    ', 'JFS     ']) {
      const image = makeFat(24 * MIB, ['-F', '16']).patch(54, Buffer.from(name));
      expect(image.blkid()).not.toMatchObject({ TYPE: 'vfat' });
      expect(await score(image.path)).toBe(0);
    }
  });

  test('an encrypted volume behind the look of FAT is not FAT', async () => {
    const image = makeFat(64 * MIB, ['-F', '32', '-s', '1']).patch(424, Buffer.from('3bd66749292ed84a8399f6a339e3d001', 'hex'));
    expect(await score(image.path)).toBe(0);
  });

  test('a master boot record is not FAT', async () => {
    const image = blank(32 * MIB);
    run('sh', ['-c', `echo '2048,,c' | sfdisk -q "${image.path}"`]);
    expect(await score(image.path)).toBe(0);
  });

  test('a master boot record that a boot loader wrote into an old FAT boot sector is not FAT', async () => {
    // GRUB keeps the parameters of the sector that it replaces; sfdisk keeps the sector's code.
    const image = makeFat(32 * MIB, ['-F', '16'])
      .patch(0, [0xeb, 0x63, 0x90])
      .patch(0x180, Buffer.from('GRUB \0Geom\0'));
    run('sh', ['-c', `echo '2048,,c' | sfdisk -q -W never -w never "${image.path}"`]);
    expect(image.peek(54, 5).toString()).toBe('FAT16');
    expect(await score(image.path)).toBe(0);
  });

  test('nothing, too little and noise are not FAT', async () => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.alloc(511),
      Buffer.alloc(4096),
      Buffer.alloc(4096, 0xa5),
      Buffer.alloc(512, 0xff),
    ]) {
      expect(await probeFat(new MemorySource(bytes))).toBe(0);
    }
  });

  test('the manifest names bytes by which every FAT is found', () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    const alternatives: { offset: number; bytes: string }[][] = manifest.diskwright.contributes.filesystems[0].magic;
    for (const args of [
      ['-F', '12'],
      ['-F', '16'],
      ['-F', '32'],
    ]) {
      const image = makeFat(12 * MIB, args);
      const found = alternatives.filter((all) =>
        all.every(({ offset, bytes }) => image.peek(offset, bytes.length / 2).toString('hex') === bytes),
      );
      expect(found.length).toBe(2);
    }
  });
});
