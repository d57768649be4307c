import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { onTestFinished } from 'vitest';
import { must, tool } from './tool';
import { waitFor } from './waitFor';

/** Attaches a file to a loop device, which is gone when the test ends. Needs root. */
export async function loopDevice(
  file: string,
  options: { sectorSize?: number; offset?: number; sizeLimit?: number; readOnly?: boolean } = {},
): Promise<string> {
  const arguments_ = ['--find', '--show'];
  if (options.sectorSize) arguments_.push('--sector-size', String(options.sectorSize));
  if (options.offset) arguments_.push('--offset', String(options.offset));
  if (options.sizeLimit) arguments_.push('--sizelimit', String(options.sizeLimit));
  if (options.readOnly) arguments_.push('--read-only');
  const device = (await must('losetup', ...arguments_, file)).trim();
  onTestFinished(async () => {
    await must('losetup', '--detach', device);
  });
  return device;
}

/** Makes nodes of the partitions of a loop device, where the kernel looks for none itself; they are gone when the test ends. Needs root. */
export async function addPartitions(device: string): Promise<void> {
  const name = basename(device);
  onTestFinished(() =>
    // The sector service of a command that has ended may take a moment to let go of them.
    waitFor(async () => {
      await tool('partx', '--delete', device);
      return !(await readdir(`/sys/block/${name}`)).some((entry) => entry.startsWith(`${name}p`));
    }, `the partitions of ${device} are gone`),
  );
  await must('partx', '--add', device);
}

/** As {@link loopDevice}, for a test that detaches it itself. */
export async function attachLoop(file: string): Promise<string> {
  const device = (await must('losetup', '--find', '--show', '--partscan', file)).trim();
  onTestFinished(async () => {
    if (await backingOf(device)) await must('losetup', '--detach', device);
  });
  return device;
}

/** The file behind a loop device, as the kernel tells it; null when it is free, which one that is detached while it is open is not. */
export async function backingOf(device: string): Promise<string | null> {
  const file = await readFile(`/sys/block/${basename(device)}/loop/backing_file`, 'utf8').catch(() => null);
  return file && file.trim();
}
