import { closeSync, openSync, readSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { MemorySource } from '@diskwright/sdk/block';
import { blkid, checkAnswers, damage, FileSource, fuzzParser, ImageFile, runTool, toolsMissing } from '@diskwright/sdk/testing';
import manifest from '../package.json';
import { findKnown } from './catalogue';
import { NamedVolume } from './namedVolume';
import { bcachefsWith, handMade } from './testing/handMade';

const MIB = 1024 * 1024;
const UUID = '0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0';
const GREETING = 'Grüße';
const QUICK_KEY = ['--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000', '--key-file', '/etc/hostname'];
const signal = new AbortController().signal;

/** How the formats' own tools make one; the image's path follows their arguments. */
const made: [name: string, mebibytes: number, tool: string, args: string[]][] = [
  ['F2FS', 64, 'mkfs.f2fs', ['-q', '-l', GREETING]],
  ['JFS', 32, 'mkfs.jfs', ['-q', '-L', 'label']],
  ['LUKS1', 16, 'cryptsetup', ['luksFormat', '-q', '--type', 'luks1', '--uuid', UUID, ...QUICK_KEY]],
  ['LUKS2', 32, 'cryptsetup', ['luksFormat', '-q', '--type', 'luks2', '--uuid', UUID, '--label', 'Geheim', ...QUICK_KEY]],
  ['NILFS2', 160, 'mkfs.nilfs2', ['-q', '-L', 'label']],
  ['ReiserFS', 64, 'mkfs.reiserfs', ['-q', '-f', '-f', '-l', 'label', '-u', UUID]],
  ['ReiserFS 3.5', 64, 'mkfs.reiserfs', ['-q', '-f', '-f', '--format', '3.5']],
  ['UDF', 16, 'mkudffs', [`--label=${GREETING}`, '--blocksize=2048']],
  ['UDF of small blocks', 16, 'mkudffs', ['--label=label', '--blocksize=512', '--media-type=hd']],
];
const TOOLS = [...new Set(made.map(([, , tool]) => tool)), 'mksquashfs', 'mkfs.erofs', 'makefs', 'pvcreate', 'losetup', 'blkid'];
const isWithoutTools = toolsMissing(...TOOLS);

function blank(bytes: number): ImageFile {
  const image = new ImageFile();
  onTestFinished(() => image.remove());
  return image.blank(bytes);
}

function folderWithFile(image: ImageFile): string {
  writeFileSync(join(image.folder, 'content'), 'a file');
  return join(image.folder, 'content');
}

async function open(path: string): Promise<NamedVolume> {
  const source = await FileSource.open(path);
  onTestFinished(() => source.close());
  const known = await findKnown(source, signal);
  if (!known) throw new Error(`${path} is not recognised`);
  return new NamedVolume(source, known);
}

/** Whether the host would ask the plugin, by the magic bytes of its manifest. */
function isAskedFor(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const { size } = statSync(path);
    const has = ({ offset, bytes }: { offset: number; bytes: string }): boolean => {
      const found = Buffer.alloc(bytes.length / 2);
      readSync(file, found, 0, found.length, Math.max(0, offset < 0 ? size + offset : offset));
      return found.toString('hex') === bytes;
    };
    return manifest.diskwright.contributes.filesystems[0]!.magic.some((all) => all.every(has));
  } finally {
    closeSync(file);
  }
}

async function expectAsBlkid(path: string): Promise<void> {
  const { TYPE, LABEL = null, UUID: uuid = null } = blkid(path);
  expect(TYPE, 'libblkid recognises it').toBeDefined();
  expect(isAskedFor(path), 'the manifest has its magic bytes').toBe(true);
  // What is not ASCII is shown in another way by blkid.
  const label = LABEL?.includes('M-') ? GREETING : LABEL;
  expect(await (await open(path)).info()).toMatchObject({ type: TYPE, label, uuid });
}

test.skipIf(isWithoutTools).each(made)('%s has the name, label and UUID that libblkid says', async (...[, size, tool, args]) => {
  const image = blank(size * MIB);
  runTool(tool, [...args, image.path]);
  await expectAsBlkid(image.path);
});

test.skipIf(isWithoutTools || process.getuid?.() !== 0)('LVM2 has the name and UUID that libblkid says', async () => {
  const image = blank(32 * MIB);
  const device = runTool('losetup', ['-f', '--show', image.path]).trim();
  try {
    const config = `devices{use_devicesfile=0 filter=["a|^${device}$|","r|.*|"]}`;
    runTool('pvcreate', ['-y', '-ff', '--config', config, device]);
  } finally {
    runTool('losetup', ['-d', device]);
  }
  await expectAsBlkid(image.path);
});

test.skipIf(isWithoutTools).each([
  ['squashfs', 'mksquashfs', (content: string, path: string) => [content, path, '-noappend', '-quiet', '-no-progress']],
  ['EROFS', 'mkfs.erofs', (content: string, path: string) => ['-U', UUID, path, join(content, '..')]],
  ['UFS1', 'makefs', (content: string, path: string) => ['-t', 'ffs', '-o', 'version=1', '-s', '8m', path, join(content, '..')]],
  ['UFS2', 'makefs', (content: string, path: string) => ['-t', 'ffs', '-o', 'version=2', '-s', '8m', path, join(content, '..')]],
  [
    'UFS2, big endian',
    'makefs',
    (content: string, path: string) => ['-t', 'ffs', '-B', 'be', '-o', 'version=2', '-s', '8m', path, join(content, '..')],
  ],
] as const)('%s, made of a folder, has the name, label and UUID that libblkid says', async (_, tool, args) => {
  const [image, folder] = [blank(0), blank(0)];
  runTool(tool, args(folderWithFile(folder), image.path));
  await expectAsBlkid(image.path);
});

test.skipIf(isWithoutTools).each(Object.entries(handMade(64 * MIB)))(
  '%s, made by hand, has the name, label and UUID that libblkid says',
  async (_, patches) => {
    const image = blank(64 * MIB);
    for (const [offset, bytes] of patches) image.patch(offset < 0 ? 64 * MIB + offset : offset, bytes);
    await expectAsBlkid(image.path);
  },
);

test.each([
  ['c68573f64e1a45ca8265f57f48ba6d81', 'of bcache, as it was first'],
  ['c68573f666ce90a9d96a60cf803df7ef', 'of its own'],
])('bcachefs with the magic %s, %s, by its description alone', async (magic) => {
  const bytes = Buffer.alloc(MIB);
  for (const [offset, patch] of bcachefsWith(magic)) patch.copy(bytes, offset);
  expect(await findKnown(new MemorySource(bytes), signal)).toMatchObject({
    type: 'bcachefs',
    label: 'label',
    uuid: UUID,
    blockSize: 4096,
  });
});

test.skipIf(isWithoutTools)('all of it is copied, what makes it known last; without that no tool knows it', async () => {
  const image = blank(64 * MIB);
  runTool('mkfs.reiserfs', ['-q', '-f', '-f', image.path]);
  const volume = await open(image.path);
  expect(await volume.allocation()).toEqual({
    confidence: 'unknown',
    extents: null,
    reasons: ['no plugin reads a ReiserFS filesystem, so all of it is copied'],
  });
  await expect(volume.relocate({ newStart: 0, newSize: 32 * MIB, newSectorSize: 512 })).rejects.toMatchObject({
    code: 'Refused',
  });
  for (const { offset, length } of await volume.commitExtents()) image.patch(offset, Buffer.alloc(length));
  expect(blkid(image.path)).not.toHaveProperty('TYPE');
});

test.skipIf(isWithoutTools)('damaged ones give findings or typed errors, within bounds', { timeout: 3_600_000 }, async () => {
  const seeds = Object.entries(handMade(4 * MIB)).map(([name, patches]) => {
    const bytes = Buffer.alloc(4 * MIB);
    for (const [offset, patch] of patches) patch.copy(bytes, offset < 0 ? bytes.length + offset : offset);
    const ranges = patches.map(([offset, { length }]) => ({ offset: offset < 0 ? bytes.length + offset : offset, length }));
    return { name, bytes, sectorSize: 512 as const, ranges };
  });
  await fuzzParser({
    seeds,
    limits: { reads: 300, bytes: 4 * MIB },
    mutate(image, random, { name, bytes }) {
      const { ranges } = seeds.find((seed) => seed.name === name)!;
      for (let times = 1 + random.integer(4); times > 0; times--) damage(image, ranges, random);
      if (random.chance(0.2)) image.truncate(random.integer(bytes.length));
    },
    async run(source) {
      const known = await findKnown(source, signal);
      if (known) await checkAnswers(new NamedVolume(source, known), source, signal);
    },
  });
});

test('nothing and noise are none of them', async () => {
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(4096), Buffer.alloc(4 * MIB), Buffer.alloc(4 * MIB, 0xa5)])
    expect(await findKnown(new MemorySource(bytes), signal)).toBeNull();
});
