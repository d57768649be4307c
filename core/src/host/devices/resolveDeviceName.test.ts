import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { resolveDeviceName } from './resolveDeviceName';

/** A current folder with `disk.img` and `both`, and a data folder with the overlays `sim` and `both`. */
async function setting(): Promise<{ folder: string; dataFolder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'diskwright-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const dataFolder = join(folder, 'home');
  for (const overlay of ['sim', 'both']) {
    await mkdir(join(dataFolder, 'overlays', overlay), { recursive: true });
    await writeFile(join(dataFolder, 'overlays', overlay, 'overlay.json'), '{}');
  }
  for (const file of ['disk.img', 'both']) await writeFile(join(folder, file), '');
  const cwd = vi.spyOn(process, 'cwd').mockReturnValue(folder);
  onTestFinished(() => cwd.mockRestore());
  return { folder, dataFolder };
}

test('paths become absolute, URIs of NBD stay', async () => {
  const { dataFolder } = await setting();
  expect(resolveDeviceName('/dev/../dev/sda', dataFolder)).toBe('/dev/sda');
  expect(resolveDeviceName('nbd+unix:///?socket=/tmp/s', dataFolder)).toBe('nbd+unix:///?socket=/tmp/s');
});

test('a name without a slash is an overlay', async () => {
  const { dataFolder } = await setting();
  expect(resolveDeviceName('sim', dataFolder)).toBe('sim');
});

test('a name that is neither a file nor an overlay is refused with where it was looked for', async () => {
  const { dataFolder } = await setting();
  expect(() => resolveDeviceName('missing', dataFolder)).toThrow(/missing is neither a file here nor an overlay/);
});

test.each(['', 'http://host/disk', `${'x'.repeat(300)}/`.repeat(20)])('"%s" is refused', async (name) => {
  const { dataFolder } = await setting();
  expect(() => resolveDeviceName(name, dataFolder)).toThrow();
});

test('a name without a slash is a file of the current folder', async () => {
  const { folder, dataFolder } = await setting();
  expect(resolveDeviceName('disk.img', dataFolder)).toBe(join(folder, 'disk.img'));
});

test('a name that is a file and an overlay is refused; the path of the file is not', async () => {
  const { folder, dataFolder } = await setting();
  expect(() => resolveDeviceName('both', dataFolder)).toThrow(/both a file here and an overlay/);
  expect(resolveDeviceName('./both', dataFolder)).toBe(join(folder, 'both'));
});
