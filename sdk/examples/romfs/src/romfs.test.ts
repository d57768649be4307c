import { deepStrictEqual } from 'node:assert/strict';
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MemorySource } from '@diskwright/sdk/block';
import {
  blkid,
  checkAnswers,
  checkFilesystemProvider,
  checkRecipe,
  createTestHost,
  fuzzParser,
  runTool,
  toolsMissing,
  whyNot,
} from '@diskwright/sdk/testing';
import conformance from './conformance/index';
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

for (const recipe of conformance.recipes)
  test(
    `names, sizes, contents and links are those of the folder: ${recipe.name}`,
    { skip: skip || (whyNot(recipe) ?? false) },
    () => checkRecipe(conformance, recipe, plugin).then(() => undefined),
  );

test('damage never crashes it', { skip }, async () => {
  await fuzzParser({
    seeds: [{ name: 'a small tree', bytes: makeRomfs().volume, sectorSize: 512, structures: [{ offset: 0, length: 512 }] }],
    cases: 2000,
    async run(source) {
      const filesystem = await RomFilesystem.open(source, signal);
      await checkAnswers(filesystem, source, signal);
    },
  });
});
