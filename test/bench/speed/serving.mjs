// The dense file over NBD, cached, by everyone, to the same client: what the server costs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { diskwright, run } from '../run.mjs';
import { busySeconds } from './machine.mjs';

const servers = {
  'diskwright export': (file, socket) => [process.execPath, [diskwright, 'export', file, '--socket', socket]],
  'qemu-nbd -r -e 16': (file, socket) => ['qemu-nbd', ['-r', '-e', '16', '-t', '-f', 'raw', '-k', socket, file]],
  'nbdkit file': (file, socket) => ['nbdkit', ['-f', '-r', '-U', socket, 'file', file]],
};

/** @returns by server, a list of `{milliseconds, cpuSeconds}` */
export async function measureServing({ disk, rounds, home, report }) {
  const figures = {};
  await run('cat', [disk.dense]);
  for (let round = 0; round < rounds; round++) {
    for (const [name, command] of Object.entries(servers)) {
      const figure = await withServer(command, disk.dense, home, async (socket) => {
        const busy = busySeconds();
        const { milliseconds } = await run('nbdcopy', [`nbd+unix:///?socket=${socket}`, 'null:']);
        return { milliseconds, cpuSeconds: busySeconds() - busy };
      });
      (figures[name] ??= []).push(figure);
      report(`serving: ${name}: ${(figure.milliseconds / 1000).toFixed(2)} s`);
    }
  }
  return figures;
}

async function withServer(command, file, home, action) {
  const folder = mkdtempSync(join(tmpdir(), 'diskwright-nbd-'));
  const socket = join(folder, 'socket');
  const [program, args] = command(file, socket);
  const server = spawn(program, args, { env: { ...process.env, DISKWRIGHT_HOME: home }, stdio: 'ignore' });
  const ended = once(server, 'exit');
  try {
    while (!listens(socket)) {
      if (server.exitCode !== null) throw new Error(`${program} ended with ${server.exitCode}`);
      await wait(20);
    }
    return await action(socket);
  } finally {
    if (server.exitCode === null) server.kill('SIGINT');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

function listens(socket) {
  return existsSync(socket) && readFileSync('/proc/net/unix', 'utf8').includes(socket);
}
