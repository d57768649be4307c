/** Exports and their mounts as files, for tools that want one. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { diskwright } from './cli';
import { must } from './tool';
import { findTool } from './tools';
import { waitFor } from './waitFor';

/** `diskwright export` of a device until the test ends; answers the NBD URI. */
export async function exportDevice(device: string, home: string, scratch: string): Promise<string> {
  const socket = join(scratch, `export-${process.hrtime()[1]}.sock`);
  const child = spawn(process.execPath, [diskwright, 'export', device, '--socket', socket], {
    env: { ...process.env, DISKWRIGHT_HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  onTestFinished(async () => {
    child.kill('SIGINT');
    await ended;
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    void ended.then(() => reject(new Error('the export ended')));
  });
  return `nbd+unix:///?socket=${socket}`;
}

/** An NBD export as a file, by nbdfuse with these `options`, until the test ends. */
export async function fuseFile(uri: string, scratch: string, ...options: string[]): Promise<string> {
  const folder = join(scratch, `fuse-${process.hrtime()[1]}`);
  await mkdir(folder);
  const child = spawn(findTool('nbdfuse')!, [...options, folder, uri], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  onTestFinished(async () => {
    await must('fusermount3', '-u', folder);
    await ended;
  });
  const file = join(folder, 'nbd');
  await waitFor(() => existsSync(file), 'nbdfuse has come up');
  return file;
}
