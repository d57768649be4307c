import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expect, it, onTestFinished } from 'vitest';
import { blob, file, MiB, nbdServer, noise } from './support';

const ADDON = join(fileURLToPath(new URL('..', import.meta.url)), 'index.cjs');

/**
 * Statements that start a copy of all of `path`; `started` resolves when its threads read. What `between` does happens after
 * the source was opened.
 */
function startCopy(path: string, target: string, bytes: number, between = ''): string {
  return `
    const native = require(${JSON.stringify(ADDON)});
    const sourceFd = native.open(${JSON.stringify(path)}, { access: 'read', direct: true });
    ${between}
    const job = new native.CopyJob({
      sourceFd,
      targetFd: native.open(${JSON.stringify(target)}, { access: 'write' }),
      extents: Buffer.from('${blob([0, bytes]).toString('hex')}', 'hex'),
      sourceOffset: 0, targetOffset: 0, sectorSize: 512, zeroDetection: 'write', onReadError: 'stop', retries: 0,
    });
    const started = (async () => {
      while (job.progress().limit === null) await new Promise((resolve) => setImmediate(resolve));
    })();
  `;
}

/** Runs statements in a Node of its own, to the end. */
async function run(statements: string): Promise<{ code: number | null; stdout: string }> {
  const child = spawn(process.execPath, ['-e', statements], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number | null]>]);
  return { code, stdout };
}

/**
 * Runs statements while the server of their file is stopped. Its requests hang, and the kernel keeps a process until they
 * are answered; that the process itself has ended shows in its main thread, a zombie by then. After that the server goes on.
 */
async function runHanging(statements: string, server: number): Promise<{ code: number | null; stdout: string }> {
  const child = spawn(process.execPath, ['-e', statements], { stdio: ['ignore', 'pipe', 'inherit'] });
  // One that does not end as it should must not take the processor from all that comes after.
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number | null]>]);
  while (!/^State:\s+Z/m.test(readFileSync(`/proc/${child.pid}/status`, 'utf8'))) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  process.kill(server, 'SIGCONT');
  const [stdout, [code]] = await ended;
  return { code, stdout };
}

it('a process ends by itself when its jobs and requests have', async () => {
  const target = file(0);
  const source = file(noise(MiB));
  const statements = `${startCopy(source, target, MiB)} job.done.then((result) => console.log(result.state));`;
  expect(await run(statements)).toMatchObject({ code: 0, stdout: 'done\n' });
});

it('a process can end while requests hang', async () => {
  const { path, pid } = await nbdServer(['pattern', '64M']);
  const statements = `${startCopy(path, file(0), 64 * MiB, `process.kill(${pid}, 'SIGSTOP');`)}
    native.read(sourceFd, 0, 4096);
    started.then(() => process.exit(7));`;
  expect(await runHanging(statements, pid)).toMatchObject({ code: 7 });
});

it('a process ends by itself after a cancelled job whose requests still hang', async () => {
  const { path, pid } = await nbdServer(['pattern', '64M']);
  const statements = `${startCopy(path, file(0), 64 * MiB, `process.kill(${pid}, 'SIGSTOP');`)}
    started.then(() => job.cancel());
    job.done.then((result) => console.log(result.state, result.requestsLeft > 0));`;
  expect(await runHanging(statements, pid)).toEqual({ code: 0, stdout: 'cancelled true\n' });
});

it('a worker can be ended in the middle of a job', async () => {
  for (let round = 0; round < 5; round++) {
    const target = file(0);
    const statements = `${startCopy(file(256 * MiB), target, 256 * MiB)}
      for (let index = 0; index < 50; index++) native.read(3, 0, 10).catch(() => {});
      started.then(() => require('node:worker_threads').parentPort.postMessage('started'));`;
    const worker = new Worker(statements, { eval: true });
    await once(worker, 'message');
    await worker.terminate();
  }
});
