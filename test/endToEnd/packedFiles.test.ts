/** Files that their volume holds compressed: held against what ntfs-3g was given to write. */
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FileAttribute } from '../../plugins/fs-ntfs/src/files/fileAttributes';
import { NtfsImage, ntfsTools } from '../../plugins/fs-ntfs/src/testing/ntfsImage';
import { setFileAttributes } from '../../plugins/fs-ntfs/src/testing/setAttributes';
import { cli, cliJson } from '../support/cli';
import { damagedExport } from '../support/damagedExport';
import { scratchFolder } from '../support/scratch';
import { must, sha256OfFile } from '../support/tool';
import { requireTool } from '../support/tools';

const MIB = 1024 * 1024;
/** Text that is packed well, with marks at its start and near its end. */
const text = Buffer.concat([
  Buffer.from('Beginning'),
  Buffer.alloc(5 * MIB - 9, 'The quick brown fox. '),
  Buffer.from('needle'),
  Buffer.alloc(1001, 'x'),
]);
/** Without the marks. */
const plain = text.subarray(100, 5 * MIB);

interface Packed {
  home: string;
  scratch: string;
  image: string;
  /** What was written, by name. */
  sources: string;
}

/** An NTFS volume with compressed files in `/packed`, or with those that `fill` makes. */
async function packed(fill?: (sources: string) => Promise<void>): Promise<Packed> {
  for (const tool of ntfsTools) requireTool(tool);
  const scratch = await scratchFolder();
  const sources = join(scratch, 'sources');
  await mkdir(sources);
  await (fill ?? someFiles)(sources);
  // It goes with the folder.
  const made = new NtfsImage();
  await made.format(64 * MIB).mounted(async (folder) => {
    const inside = join(folder, 'packed');
    await mkdir(inside);
    setFileAttributes(inside, FileAttribute.COMPRESSED);
    for (const name of await readdir(sources)) await writeFile(join(inside, name), await readFile(join(sources, name)));
  }, 'compression');
  const image = join(scratch, 'volume.img');
  await must('cp', '--sparse=always', made.path, image);
  made.remove();
  return { home: join(scratch, 'home'), scratch, image, sources };
}

async function someFiles(sources: string): Promise<void> {
  await writeFile(join(sources, 'text'), text);
  await writeFile(join(sources, 'short'), plain.subarray(0, 5000));
  const disk = join(sources, 'disk.img');
  await writeFile(disk, '');
  await truncate(disk, 8 * MIB);
  const inside = await scratchFolder();
  await writeFile(join(inside, 'inner'), plain);
  await must('mkfs.ext4', '-q', '-d', inside, disk);
}

test('cat writes their bytes, and those of a range', async () => {
  const { home, image } = await packed();
  const whole = await cli(['cat', `${image}#0:/packed/text`], { home });
  expect(whole.stderr).toBe('');
  expect(whole.status).toBe(0);
  expect(whole.stdout === text.toString()).toBe(true);
  const part = await cli(['cat', `${image}#0:/packed/text`, '--offset', `${5 * MIB}`, '--length', '6'], { home });
  expect(part.stdout).toBe('needle');
});

test('extract and checksums give what was written', async () => {
  const { home, scratch, image, sources } = await packed();
  const out = join(scratch, 'out');
  const { stdout, status } = await cli(['extract', `${image}#0:/packed`, out], { home });
  expect(stdout).toMatch(/^summary +3 files and folders/m);
  expect(status).toBe(0);
  for (const name of await readdir(sources))
    expect(await sha256OfFile(join(out, name)), name).toBe(await sha256OfFile(join(sources, name)));
  const sums = await cli(['checksums', `${image}#0:/packed`], { home });
  expect(sums.status).toBe(0);
  await writeFile(join(scratch, 'sums'), sums.stdout);
  await must('sh', '-c', `cd ${sources} && sha256sum --strict -c ${join(scratch, 'sums')}`);
});

test('many of them in one folder are extracted, and summed', async () => {
  const { home, scratch, image, sources } = await packed(async (folder) => {
    for (let index = 0; index < 100; index++) await writeFile(join(folder, `file ${index}`), plain.subarray(index, 100_000));
  });
  const out = join(scratch, 'out');
  const { stdout, status } = await cli(['extract', `${image}#0:/packed`, out], { home });
  expect(stdout).toMatch(/^summary +100 files and folders, \d+ bytes$/m);
  expect(status).toBe(0);
  await must('diff', '-r', sources, out);
  const sums = await cli(['checksums', `${image}#0:/packed`], { home });
  expect(sums.stdout.trim().split('\n')).toHaveLength(100);
});

test('find looks into them', async () => {
  const { home, image } = await packed();
  const { stdout, status } = await cli(['find', `${image}#0:/`, '--text', 'needle', '--type', 'file'], { home });
  expect(stdout).toMatch(/packed\/text/);
  expect(stdout).not.toMatch(/packed\/short/);
  expect(status).toBe(0);
});

test('one that is an image is a device', async () => {
  const { home, image } = await packed();
  const inside = `${image}#0:/packed/disk.img`;
  expect(await cliJson(['info', `${inside}#0`], { home })).toMatchObject({ filesystem: { type: 'ext4' } });
  const { stdout } = await cli(['cat', `${inside}#0:/inner`], { home });
  expect(stdout === plain.toString()).toBe(true);
});

test('what cannot be read of them is told, and the rest is right', async () => {
  requireTool('nbdkit');
  const { home, scratch, image } = await packed();
  const out = join(scratch, 'out');
  // The first unit of the text: its bytes begin as LZNT1 begins, with a chunk's header and a group of literals.
  const start = (await readFile(image)).indexOf(Buffer.from('Beginnin')) - 3;
  const { uri } = await damagedExport(image, [{ offset: start, length: 512 }]);
  const unit = 65536;
  const { status, stdout } = await cli(['extract', `${uri}#0:/packed/text`, out], { home });
  expect(stdout).toMatch(/^holes +text +65536 bytes cannot be read; zeros stand in their place, first at 0$/m);
  expect(status).toBe(4);
  expect((await readFile(join(out, 'text'))).equals(Buffer.concat([Buffer.alloc(unit), text.subarray(unit)]))).toBe(true);
  const sums = await cli(['checksums', `${uri}#0:/packed`], { home });
  expect(sums.status).toBe(4);
  expect(sums.stdout).toMatch(/^[0-9a-f]{64} {2}disk\.img$/m);
  expect(sums.stdout).not.toMatch(/^[0-9a-f]{64} {2}text$/m);
});
