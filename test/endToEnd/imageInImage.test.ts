/** A file in a volume is a device: `DEVICE#N:/path`, an image in an image, as deep as one likes. */
import { copyFile, mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, cliJson } from '../support/cli';
import { makeLab } from '../support/lab';
import { startCli } from '../support/runningCli';
import { makeImage, MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must, sha256OfFile } from '../support/tool';
import { requireTool } from '../support/tools';

/** An ext4 image whose file `/disks/lab.img` is the lab's disk. */
async function outer(): Promise<{ home: string; scratch: string; disk: string; image: string; inside: string }> {
  requireTool('mkfs.ext4');
  const scratch = await scratchFolder();
  const { disk } = await makeLab(join(scratch, 'lab'));
  const tree = join(scratch, 'tree');
  await mkdir(join(tree, 'disks'), { recursive: true });
  await copyFile(disk, join(tree, 'disks', 'lab.img'));
  await writeFile(join(tree, 'odd.bin'), Buffer.alloc(1000, 7));
  const image = join(scratch, 'outer.img');
  await must('mkfs.ext4', '-q', '-d', tree, image, '160M');
  return { home: join(scratch, 'home'), scratch, disk, image, inside: `${image}#0:/disks/lab.img` };
}

test('its layout, volumes and sectors are those of the image itself', async () => {
  const { home, disk, inside } = await outer();
  type Layout = { device: object; partitions: object[] };
  const found = await cliJson<Layout>(['layout', inside], { home });
  const expected = await cliJson<Layout>(['layout', disk], { home });
  expect(found).toEqual({ ...expected, device: { ...expected.device, path: inside } });
  expect(await cliJson(['info', `${inside}#2`], { home })).toEqual(await cliJson(['info', `${disk}#2`], { home }));
  const dump = async (name: string): Promise<string> =>
    (await cli(['sectors', name, '--at', '1M', '--length', '8K'], { home })).stdout;
  expect(await dump(inside)).toBe(await dump(disk));
});

test('it is served over NBD byte for byte', async () => {
  requireTool('nbdcopy');
  const { home, scratch, disk, inside } = await outer();
  const socket = join(scratch, 'export.sock');
  const command = startCli(['export', inside, '--socket', socket, '--json'], { home });
  const [line] = await command.shows(/^\{.*\}$/m);
  const copy = join(scratch, 'copy.img');
  await must('nbdcopy', (JSON.parse(line) as { uri: string }).uri, copy);
  expect(await sha256OfFile(copy)).toBe(await sha256OfFile(disk));
  command.kill('SIGINT');
  expect((await command.ended).status).toBe(0);
});

test('it is cloned from, and the disk that it lies on is only read', async () => {
  const { home, scratch, disk, image, inside } = await outer();
  const target = join(scratch, 'target.img');
  await makeImage(target, 96 * MIB);
  const before = await sha256OfFile(image);
  const result = await cli(['clone', 'disk', inside, target, '--all-sectors', '--identity', 'keep', '--yes'], { home });
  expect(result.status).toBe(0);
  expect(await sha256OfFile(target)).toBe(await sha256OfFile(disk));
  expect(await sha256OfFile(image)).toBe(before);
});

test('what is no whole sector at its end is left out', async () => {
  const { home, image } = await outer();
  const { stdout } = await cli(['sectors', `${image}#0:/odd.bin`, '--length', '4K'], { home });
  expect(stdout.trim().split('\n').at(-1)).toBe('00000200');
});

test.each([
  ['/nothing', /outer\.img#0:\/nothing does not exist/],
  ['/disks', /is a folder/],
])('%s is refused with a reason', async (path, reason) => {
  const { home, image } = await outer();
  const { status, stderr } = await cli(['layout', `${image}#0:${path}`], { home });
  expect(stderr).toMatch(reason);
  expect(status).toBe(2);
});

test('it is no source while the disk that it lies on is being written', async () => {
  const { home, scratch, image, inside } = await outer();
  const writer = await open(image, 'r+');
  try {
    const target = join(scratch, 'target.img');
    await makeImage(target, 96 * MIB);
    const { status, stderr } = await cli(['clone', 'disk', inside, target, '--yes'], { home });
    expect(stderr).toMatch(/in use|is open for writing/);
    expect(status).toBe(3);
  } finally {
    await writer.close();
  }
});
