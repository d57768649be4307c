/** Other people's NBD servers, until the test ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { scratchFolder } from './scratch';
import { findTool } from './tools';
import { waitFor } from './waitFor';

export interface ForeignServer {
  uri: string;
  pid: number;
  /** Ends it at once, without goodbye. */
  kill(): Promise<void>;
}

/** `nbdkit` with these arguments: filters, plugin, parameters. */
export async function nbdkit(...arguments_: string[]): Promise<ForeignServer> {
  const socket = join(await scratchFolder(), 'nbdkit.sock');
  return running(
    spawn(findTool('nbdkit')!, ['--foreground', '--unix', socket, ...arguments_], { stdio: ['ignore', 'ignore', 'inherit'] }),
    socket,
  );
}

/** `qemu-nbd` serving an image of a format. */
export async function qemuNbd(format: string, image: string, ...arguments_: string[]): Promise<ForeignServer> {
  const socket = join(await scratchFolder(), 'qemu.sock');
  const fixed = ['--persistent', '--shared=16', '--socket', socket, '--format', format];
  return running(
    spawn(findTool('qemu-nbd')!, [...fixed, ...arguments_, image], { stdio: ['ignore', 'ignore', 'inherit'] }),
    socket,
  );
}

async function running(child: ChildProcess, socket: string): Promise<ForeignServer> {
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  await waitFor(async () => {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} has ended`);
    return listens(socket);
  }, `${child.spawnfile} listens`);
  return { uri: `nbd+unix:///?socket=${socket}`, pid: child.pid!, kill };
}

function listens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const answer = (listening: boolean): void => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
