// What the benchmarks share: running a command with its wall time and the largest PSS of its process tree.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { WITHOUT_CERTIFICATES } from '../../scripts/shared.mjs';
import { pssOfTree } from './processTree.mjs';

export const root = join(import.meta.dirname, '..', '..');
export const diskwright = join(root, 'core', 'bin', 'diskwright.cjs');

/**
 * Runs a command to its end. With `memory`, samples PSS every few milliseconds, which costs time: not for timing. Its output is dropped, or becomes the
 * file `into`.
 */
export function run(command, args, { env = {}, memory = false, into } = {}) {
  return new Promise((resolve, reject) => {
    const output = into === undefined ? 'ignore' : openSync(into, 'w');
    const started = process.hrtime.bigint();
    const child = spawn(command, args, {
      env: { ...process.env, ...WITHOUT_CERTIFICATES, ...env },
      stdio: ['ignore', output, 'pipe'],
    });
    if (into !== undefined) closeSync(output);
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += text));
    let peak = { pss: 0, processes: 0 };
    const sampler = memory
      ? setInterval(() => {
          const now = pssOfTree(child.pid);
          if (now.pss > peak.pss) peak = now;
        }, 5)
      : null;
    child.once('error', reject);
    child.once('close', (status) => {
      clearInterval(sampler);
      const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
      if (status !== 0) reject(new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr}`));
      else resolve({ milliseconds, ...peak });
    });
  });
}

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
