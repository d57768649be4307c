/** Exports: reachable by other programs until the command ends, and gone afterwards. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli } from '../support/cli';
import { sharedLab } from '../support/lab';
import { processesOf } from '../support/processesOf';
import { startCli } from '../support/runningCli';
import { MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';
import { waitFor } from '../support/waitFor';

const lab = sharedLab();

test.each(['export.sock', 'a b&ü.sock'])('at %s until Ctrl+C', async (name) => {
  requireTool('nbdinfo');
  const socket = join(await scratchFolder(), name);
  const command = startCli(['export', lab.disk, '--socket', socket, '--json'], lab);
  const [line] = await command.shows(/^\{.*\}$/m);
  const { uri, writable } = JSON.parse(line) as { uri: string; writable: boolean };
  expect(writable).toBe(false);
  expect(await must('nbdinfo', '--size', uri)).toBe(`${96 * MIB}\n`);
  command.kill('SIGINT');
  expect((await command.ended).status).toBe(0);
  expect(existsSync(socket)).toBe(false);
  await waitFor(() => processesOf(lab.home).length === 0, 'no process is left');
});

test('an export ends with its command, however that ends', async () => {
  const socket = join(await scratchFolder(), 'export.sock');
  const command = startCli(['export', lab.disk, '--socket', socket], lab);
  await command.shows(/end with Ctrl\+C/);
  command.kill('SIGKILL');
  await command.ended;
  await waitFor(() => !existsSync(socket) && processesOf(lab.home).length === 0, 'the export is gone');
});

test('a socket that is in use is refused', async () => {
  const socket = join(await scratchFolder(), 'export.sock');
  const command = startCli(['export', lab.disk, '--socket', socket], lab);
  await command.shows(/end with Ctrl\+C/);
  const { status, stderr } = await cli(['export', lab.disk, '--socket', socket], lab);
  expect(stderr).toMatch(/in use/);
  expect(status).toBe(3);
});
