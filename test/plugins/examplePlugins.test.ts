/** The plugins of the author's guide, built as its reader would build them, and used through the command line. */
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cli, cliJson, type CliOptions, projectFolder } from '../support/cli';
import { builtInPackages, makeDistribution } from '../support/distribution';
import { makeImage, MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must, tool } from '../support/tool';
import { requireTool } from '../support/tools';
import { buildPlugin, makeVendorFolder } from '../support/vendorFolder';

let vendor: string;
let packages: string[];
beforeAll(async () => {
  vendor = await mkdtemp(join(tmpdir(), 'diskwright-vendor-'));
  await makeVendorFolder(vendor);
  const sources = ['example-fs', 'example-command'].map((name) => join(projectFolder, 'test', 'fixtures', 'plugins', name));
  sources.push(join(projectFolder, 'sdk', 'examples', 'romfs'));
  packages = await Promise.all(sources.map((folder) => buildPlugin(vendor, folder)));
}, 300_000);
afterAll(() => rm(vendor, { recursive: true, force: true }));

/** The built-in plugins and the examples. */
async function withExamples(folder: string): Promise<CliOptions> {
  const env = await makeDistribution(join(folder, 'dist'), [...(await builtInPackages()), ...packages]);
  return { home: join(folder, 'home'), env };
}

/** A Minix filesystem with a file of these blocks. */
async function makeMinix(path: string, blocks: number[]): Promise<void> {
  await makeImage(path, 8 * MIB);
  await writeFile(`${path}.blocks`, blocks.join('\n'));
  await must('mkfs.minix', '-2', '-l', `${path}.blocks`, path);
}

test('the packages hold the manifest and the bundle', async () => {
  for (const path of packages) {
    expect((await must('tar', '-tzf', path)).trim().split('\n').sort()).toEqual([
      'package/dist/main.cjs',
      'package/package.json',
    ]);
  }
});

test('plugin list shows both, in order', async () => {
  const options = await withExamples(await scratchFolder());
  const listed = await cliJson<{ id: string; problems: string[]; contributes: string[] }[]>(['plugin', 'list'], options);
  expect(listed.find(({ id }) => id === 'example.fs-minix')).toMatchObject({
    problems: [],
    contributes: ['filesystem minix (minix)'],
  });
  expect(listed.find(({ id }) => id === 'example.entropy')).toMatchObject({
    problems: [],
    contributes: ['command Entropy of a device (example.entropy)'],
  });
});

test('info and allocation show the filesystem of the example as its own tool does', async () => {
  requireTool('mkfs.minix', 'fsck.minix');
  const scratch = await scratchFolder();
  const options = await withExamples(scratch);
  const image = join(scratch, 'minix.img');
  await makeMinix(image, [1000, 1001, 5000]);
  const used = Number(/(\d+) zones used/.exec(await must('fsck.minix', '-f', '-v', image))![1]) * 1024;

  const info = await cliJson<{ filesystem: unknown }>(['info', `${image}#0`], options);
  expect(info.filesystem).toMatchObject({ type: 'minix', size: 8 * MIB, used, clean: true });
  const shown = await cli(['info', `${image}#0`], options);
  expect(shown.stdout).toMatch(/^type +minix$/m);
  const allocation = await cliJson<{ confidence: string; bytes: number; extents: unknown[] }>(
    ['allocation', `${image}#0`],
    options,
  );
  expect(allocation).toMatchObject({ confidence: 'exact', bytes: used });
  expect(allocation.extents.slice(1)).toEqual([
    { offset: 1000 * 1024, length: 2048 },
    { offset: 5000 * 1024, length: 1024 },
  ]);
});

test('a disk with a volume of the example is cloned by its used blocks', async () => {
  requireTool('mkfs.minix', 'fsck.minix', 'sfdisk');
  const scratch = await scratchFolder();
  const options = await withExamples(scratch);
  const [volume, source, target] = ['volume', 'source', 'target'].map((name) => join(scratch, `${name}.img`)) as [
    string,
    string,
    string,
  ];
  await makeMinix(volume, [1000, 5000]);
  await makeImage(source, 16 * MIB);
  await makeImage(target, 16 * MIB, 0xa5);
  await must('sh', '-c', `echo 'label: dos\n2048 16384 81' | sfdisk --quiet '${source}'`);
  await must('dd', `if=${volume}`, `of=${source}`, 'bs=1M', 'seek=1', 'conv=notrunc', 'status=none');

  const result = await cli(['clone', 'disk', source, target, '--yes'], options);
  expect(result.status, result.stderr).toBe(0);
  await must('dd', `if=${target}`, `of=${volume}`, 'bs=1M', 'skip=1', 'count=8', 'status=none');
  expect((await tool('fsck.minix', '-f', volume)).status).toBe(0);
  // Block 4500 is free, and neither end of the volume is near: what lay on the target before is still there.
  expect((await readFile(volume)).readUInt32BE(4500 * 1024)).toBe(0xa5a5a5a5);
});

test('the command of the example: by its words, by its id, and its help', async () => {
  const scratch = await scratchFolder();
  const options = await withExamples(scratch);
  const image = join(scratch, 'disk.img');
  await writeFile(image, Buffer.concat([Buffer.alloc(MIB), Buffer.alloc(MIB, 'ab')]));
  const rows = [
    ['0', '0.00', ''],
    [String(MIB), '1.00', ''],
  ];

  expect(await cliJson(['entropy', image], options)).toMatchObject({ view: 'table', title: `Entropy of ${image}`, rows });
  const input = JSON.stringify({ source: image });
  expect(await cliJson(['call', 'example.entropy', '--input', '-'], { ...options, input })).toMatchObject({
    view: 'table',
    rows,
  });
  const table = await cli(['call', 'example.entropy', '--input', '-'], { ...options, input });
  expect(table.stdout).toMatch(new RegExp(`^${MIB} +1.00`, 'm'));
  expect((await cli(['entropy', '--help'], options)).stdout).toMatch(/--piece <\w+> +MiB in a piece/);
  const wrong = await cli(['entropy', image, '--piece', '0'], options);
  expect(wrong.status).toBe(2);
  expect(wrong.stderr).toContain('pieceMebibytes: is 0, less than 1');
});

/** A volume with a file and a link in a folder, by the format's own tool. */
async function makeRomfs(folder: string): Promise<string> {
  await mkdir(join(folder, 'tree', 'etc'), { recursive: true });
  await writeFile(join(folder, 'tree', 'etc', 'notes'), 'some words');
  await symlink('notes', join(folder, 'tree', 'etc', 'link'));
  const image = join(folder, 'rom.img');
  await must('genromfs', '-d', join(folder, 'tree'), '-f', image, '-V', 'rom');
  return image;
}

test('info shows a romfs as its provider reads it', async () => {
  requireTool('genromfs');
  const scratch = await scratchFolder();
  const options = await withExamples(scratch);
  const image = await makeRomfs(scratch);
  const { filesystem } = await cliJson<{ filesystem: unknown }>(['info', `${image}#0`], options);
  expect(filesystem).toMatchObject({ type: 'romfs', label: 'rom', clean: true });
});

test('the score card of the romfs example tries a volume, sound and damaged', async () => {
  requireTool('genromfs');
  const scratch = await scratchFolder();
  const image = await makeRomfs(scratch);
  const romfs = packages.find((path) => path.includes('romfs'))!;
  const options = { home: join(scratch, 'home') };
  const card = await cliJson<{ checks: { name: string; outcome: string }[] }>(
    ['plugin', 'test', romfs, '--volume', image],
    options,
  );
  expect(card.checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
  expect(card.checks.map(({ name }) => name)).toContain(`${image}: damage is told, and never ends the process`);
});
