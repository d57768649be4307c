import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MemorySource } from '@diskwright/sdk/block';
import {
  blkid,
  checkAnswers,
  checkFilesystemProvider,
  createTestHost,
  damage,
  fuzzParser,
  runTool,
  toolsMissing,
} from '@diskwright/sdk/testing';
import plugin from './main';
import { RomFilesystem } from './romFilesystem';

const skip = toolsMissing('genromfs', 'blkid');
const provider = plugin.filesystems!['romfs']!;
const { signal } = new AbortController();

/** A volume by the format's own tool, with a file of 1000 bytes, a folder, and links of both kinds. */
function makeRomfs(): { volume: Buffer; type: string | undefined; label: string | undefined } {
  const folder = mkdtempSync(join(tmpdir(), 'romfs-'));
  try {
    mkdirSync(join(folder, 'tree', 'etc'), { recursive: true });
    writeFileSync(join(folder, 'tree', 'notes'), 'n'.repeat(1000));
    writeFileSync(join(folder, 'tree', 'etc', 'empty'), '');
    linkSync(join(folder, 'tree', 'notes'), join(folder, 'tree', 'etc', 'same'));
    symlinkSync('../notes', join(folder, 'tree', 'etc', 'link'));
    const image = join(folder, 'image');
    runTool('genromfs', ['-d', join(folder, 'tree'), '-f', image, '-V', 'small']);
    const { TYPE: type, LABEL: label } = blkid(image);
    return { volume: readFileSync(image), type, label };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('it does what every provider has to', { skip }, () => checkFilesystemProvider({ provider, volume: makeRomfs().volume }));

test('type and label are those of blkid', { skip }, async (context) => {
  const { volume, type, label } = makeRomfs();
  const host = await createTestHost(plugin, { devices: { disk: new MemorySource(volume) } });
  context.after(() => host.close());
  const opened = await host.openVolume({ deviceId: 'disk', partition: 0 });
  const info = await opened!.info();
  deepStrictEqual([info.type, info.label], [type, label]);
});

test('the tree has what the tool was given', { skip }, async () => {
  const filesystem = await RomFilesystem.open(new MemorySource(makeRomfs().volume), signal);
  const names = async (node: string): Promise<string[]> => {
    const entries = [];
    for await (const { path, type, size } of filesystem.readdir(node, signal)) entries.push(`${path} ${type} ${size}`);
    return entries.sort();
  };
  deepStrictEqual((await names(filesystem.root.node)).length, 2);
  for await (const { path, node } of filesystem.readdir(filesystem.root.node, signal))
    if (path === 'etc') deepStrictEqual(await names(node), ['empty file 0', 'link symlink 8', 'same file 1000']);
});

test('contents are where the segments say', { skip }, async () => {
  const { volume } = makeRomfs();
  const filesystem = await RomFilesystem.open(new MemorySource(volume), signal);
  for await (const { path, node } of filesystem.readdir(filesystem.root.node, signal)) {
    if (path !== 'notes') continue;
    const [extent] = await filesystem.extentsOf(node, signal);
    strictEqual(volume.toString('latin1', extent!.offset, extent!.offset + extent!.length), 'n'.repeat(1000));
  }
});

test('damage never crashes it', { skip }, async () => {
  await fuzzParser({
    seeds: [{ name: 'a small tree', bytes: makeRomfs().volume, sectorSize: 512 }],
    mutate: (image, random) => damage(image, [{ offset: 0, length: 512 }], random),
    cases: 2000,
    async run(source) {
      const filesystem = await RomFilesystem.open(source, signal);
      await checkAnswers(filesystem, source, signal);
    },
  });
});
