import { mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { NotSupportedError } from '@diskwright/sdk/errors';
import { validateManifest, type Owner, type StructureInstance } from '@diskwright/sdk/protocol';
import { blkid, checkFilesystemProvider, runTool, toolsMissing } from '@diskwright/sdk/testing';
import { isoProvider } from './provider';
import { IsoImage, isoTools } from './testing/isoImage';
import { openImage, signal } from './testing/openImage';

function imageOf(seed = 1, isPlain = false): IsoImage {
  const image = new IsoImage();
  onTestFinished(() => image.remove());
  return image.fill(seed, isPlain);
}

function addBootImages(image: IsoImage): void {
  mkdirSync(join(image.tree, 'boot'));
  writeFileSync(join(image.tree, 'boot', 'bios.img'), Buffer.alloc(3000, 1));
  writeFileSync(join(image.tree, 'boot', 'efi.img'), Buffer.alloc(70_000, 2));
}

const bootArguments = [
  ...['-b', 'boot/bios.img', '-c', 'boot/catalogue', '-no-emul-boot', '-boot-load-size', '4'],
  ...['-eltorito-alt-boot', '-e', 'boot/efi.img', '-no-emul-boot'],
];

test('the manifest is as its schema says', () => {
  expect(validateManifest(JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')))).toBe(true);
});

describe.skipIf(toolsMissing(...isoTools))('the volume', () => {
  test('holds to what every provider does', { timeout: 120_000 }, async () => {
    const image = imageOf(1, true).make('xorriso', ['-R', '-J']);
    const damageAt = Array.from({ length: 200 }, (_, index) => 32_768 + index * 41);
    await checkFilesystemProvider({ provider: isoProvider, volume: readFileSync(image.path), damageAt });
  });

  test.each([
    ['xorriso', ['-R', '-V', 'A LABEL']],
    ['xorriso', ['-R', '-J', '-V', 'A LABEL']],
    ['genisoimage', ['-R', '-V', 'A LABEL']],
  ] as const)('is what blkid says it is (%s %j)', async (tool, args) => {
    const image = imageOf(1, true).make(tool, args);
    const { TYPE: type, UUID: uuid, LABEL: label } = blkid(image.path);
    const info = await (await openImage(image.path)).info(signal);
    expect({ type: info.type, uuid: info.uuid, label: info.label }).toEqual({ type, uuid, label });
    const { confidence, extents } = await (await openImage(image.path)).allocation(signal);
    expect({ confidence, end: extents!.end }).toEqual({ confidence: 'exact', end: info.size });
  });

  test('uses what it boots from an appended partition, which lies behind its end', async () => {
    const image = imageOf(1, true);
    const partition = join(image.folder, 'efi.img');
    writeFileSync(partition, Buffer.alloc(1_048_576, 2));
    const boot = ['-eltorito-alt-boot', '-e', '--interval:appended_partition_2:all::', '-no-emul-boot'];
    image.make('xorriso', ['-R', '-append_partition', '2', '0xef', partition, ...boot]);
    const report = runTool('xorriso', ['-indev', image.path, '-report_el_torito', 'plain']);
    const [, block] = /^El Torito boot img :\s+1\s+UEFI\s.*?(\d+)$/m.exec(report)!;
    const filesystem = await openImage(image.path);
    const end = Number(block) * 2048 + 1_048_576;
    expect((await filesystem.info(signal)).size).toBeLessThan(end);
    const { confidence, extents } = await filesystem.allocation(signal);
    expect({ confidence, end: extents!.end }).toEqual({ confidence: 'exact', end });
  });

  test('counts as used as a whole where a directory is damaged, and says so', async () => {
    const image = imageOf(1, true).make('xorriso', ['-R']);
    const end = statSync(image.path).size + 1_048_576;
    truncateSync(image.path, end);
    const { files } = await openImage(image.path);
    const folder = (await files!.lookup!('/MANY', signal))!;
    // Its first sector is as it was.
    image.patch(Number(folder.node) + 2048, Buffer.alloc(100, 0x55));
    const damaged = await openImage(image.path);
    const { confidence, extents } = await damaged.allocation(signal);
    expect({ confidence, end: extents!.end }).toEqual({ confidence: 'conservative', end });
    expect((await damaged.check(signal)).map(({ code }) => code)).toContain('iso.directory');
  });

  test('lists its boot images where xorriso finds them', async () => {
    const image = imageOf();
    addBootImages(image);
    image.make('xorriso', ['-R', ...bootArguments]);
    const filesystem = await openImage(image.path);
    const report = runTool('xorriso', ['-indev', image.path, '-report_el_torito', 'plain']);
    const expected = [...report.matchAll(/^El Torito boot img :\s+\d+\s+(\w+)\s.*?(\d+)$/gm)].map(([, platform, block]) => ({
      platform: platform === 'UEFI' ? 'EFI' : 'x86',
      offset: Number(block) * 2048,
    }));
    const { details, features } = await filesystem.info(signal);
    const images = details.filter(([name]) => name === 'boot image').map(([, text]) => text);
    expect(features).toContain('El Torito');
    expect(expected).toHaveLength(2);
    for (const [index, { platform, offset }] of expected.entries())
      expect(images[index]).toMatch(new RegExp(`^${platform}, no emulation, \\d+ bytes at ${offset}$`));
    const structures: StructureInstance[] = [];
    for await (const structure of filesystem.structures(signal)) structures.push(structure);
    expect(structures.filter(({ name }) => name === 'El Torito boot entry')).toHaveLength(2);
    expect(structures.flatMap(({ findings }) => findings)).toEqual([]);
  });

  test('that also starts from a disk says so', async () => {
    const image = imageOf().make('xorriso', ['-R', '-partition_offset', '16']);
    const filesystem = await openImage(image.path);
    expect((await filesystem.check(signal)).map(({ code }) => code)).toContain('iso.hybrid');
    expect((await filesystem.info(signal)).details).toContainEqual(['partition table', 'MBR']);
  });

  test('tells whose its blocks are, those of files where isoinfo lists them', async () => {
    const image = imageOf();
    addBootImages(image);
    image.make('genisoimage', ['-R', ...bootArguments]);
    const filesystem = await openImage(image.path);
    const { size } = await filesystem.info(signal);
    const owners: Owner[] = [];
    for await (const owner of filesystem.ownersOf!([{ offset: 0, length: size }], signal)) owners.push(owner);
    let end = 0;
    for (const { offset, length } of owners) {
      expect(offset).toBeLessThanOrEqual(end);
      end = Math.max(end, offset + length);
    }
    expect(end).toBe(size);
    const files = owners.filter(({ kind }) => kind === 'file');
    let compared = 0;
    let folder = '';
    for (const line of runTool('isoinfo', ['-R', '-l', '-i', image.path]).split('\n')) {
      folder = /^Directory listing of (.*)$/.exec(line)?.[1] ?? folder;
      const [, bytes, block, name] = /^-.*?(\d+) \w{3} [ \d]\d \d{4} \[\s*(\d+) \d\d\]\s+(\S.*?)\s*$/.exec(line) ?? [];
      // What lay too deep is here told where it belongs.
      if (!name || Number(bytes) === 0 || folder.startsWith('/rr_moved')) continue;
      expect(files).toContainEqual(
        expect.objectContaining({ name: folder + name, offset: Number(block) * 2048, length: Number(bytes) }),
      );
      compared++;
    }
    expect(compared).toBeGreaterThan(300);
    expect(owners.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['system area', 'boot catalogue', 'boot image for EFI']),
    );
  });

  test('that was cut says so, and lists what is there', async () => {
    const image = imageOf(1, true).make('xorriso', ['-R']);
    runTool('truncate', ['-s', '400K', image.path]);
    const filesystem = await openImage(image.path);
    expect(await filesystem.allocation(signal)).toMatchObject({ confidence: 'unknown', extents: null });
    expect((await filesystem.check(signal)).map(({ code }) => code)).toEqual(
      expect.arrayContaining(['iso.size.larger', 'iso.content']),
    );
    expect(await filesystem.files!.lookup!('/SIZES/B2048.BIN', signal)).toMatchObject({ size: 2048 });
  });

  test.skipIf(toolsMissing('mkzftree'))(
    'names files that are kept compressed, and gives no compressed bytes as content',
    async () => {
      const image = new IsoImage();
      onTestFinished(() => image.remove());
      mkdirSync(image.tree);
      const plain = join(image.folder, 'plain');
      mkdirSync(plain);
      writeFileSync(join(plain, 'file'), Buffer.alloc(200_000, 'text '));
      runTool('mkzftree', ['-F', plain, join(image.tree, 'z')]);
      image.make('genisoimage', ['-R', '-z']);
      const filesystem = await openImage(image.path);
      const { node, size } = (await filesystem.files!.lookup!('/z/file', signal))!;
      expect(size).toBe(200_000);
      await expect(filesystem.files!.contentOf!(node, undefined, signal)).rejects.toThrow(NotSupportedError);
    },
  );
});
