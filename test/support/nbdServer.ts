/** Other people's NBD servers, until the test ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { scratchFolder } from './scratch';
import { findTool } from './tools';
import { waitFor } from './waitFor';

export interface ForeignServer {
  uri: string;
  socket: string;
  pid: number;
  /** Ends it at once, without goodbye. */
  kill(): Promise<void>;
  running(): boolean;
}

/** `nbdkit` with these arguments: filters, plugin, parameters. */
export async function nbdkit(...arguments_: string[]): Promise<ForeignServer> {
  return nbdkitAt(join(await scratchFolder(), 'nbdkit.sock'), ...arguments_);
}

/** As {@link nbdkit}, on a socket that may have been another server's. */
export async function nbdkitAt(socket: string, ...arguments_: string[]): Promise<ForeignServer> {
  await rm(socket, { force: true });
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

/** `qemu-nbd` as it is by default: it serves one client, and ends with it. */
export async function qemuNbdOnce(format: string, image: string): Promise<ForeignServer> {
  const socket = join(await scratchFolder(), 'qemu.sock');
  const arguments_ = ['--socket', socket, '--format', format, image];
  return running(spawn(findTool('qemu-nbd')!, arguments_, { stdio: ['ignore', 'ignore', 'inherit'] }), socket);
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
  return { uri: `nbd+unix:///?socket=${socket}`, socket, pid: child.pid!, kill, running: () => child.exitCode === null };
}

/** Told without connecting to it, since its first client may be its last. */
async function listens(path: string): Promise<boolean> {
  const ACCEPTS_CONNECTIONS = '00010000';
  const sockets = (await readFile('/proc/net/unix', 'latin1')).split('\n').map((line) => line.split(/\s+/));
  return sockets.some((fields) => fields[3] === ACCEPTS_CONNECTIONS && fields[7] === path);
}
