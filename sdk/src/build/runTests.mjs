import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { conditions, esbuild } from './tools.mjs';

/**
 * Runs the tests of a plugin (files named `*.test.ts` in `src`, with `node:test`) by Node's own test runner.
 * @param {string} folder the plugin's
 * @param {{ inspect?: boolean }} [options] `inspect`: stops at the first line and waits for a debugger, on a loopback port that Node prints
 * @returns {Promise<number>} the runner's exit status
 * @throws Error where there is no test, or one does not compile
 */
export async function runTests(folder, { inspect = false } = {}) {
  const all = await readdir(join(folder, 'src'), { recursive: true });
  const tests = all.filter((file) => file.endsWith('.test.ts')).sort();
  if (tests.length === 0) throw new Error(`${join(folder, 'src')} holds no test: write one, such as src/main.test.ts`);
  // Below the folder, so that what the tests read beside themselves is found as from the sources.
  const output = await mkdtemp(join(folder, '.test-'));
  try {
    await compile(folder, tests, output);
    const files = tests.map((file) => join(output, file.replace(/\.ts$/, '.cjs')));
    return await run(files, folder, inspect);
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

async function compile(folder, tests, output) {
  const { build } = await esbuild();
  await build({
    absWorkingDir: folder,
    entryPoints: tests.map((file) => ({ in: join(folder, 'src', file), out: file.replace(/\.ts$/, '') })),
    outdir: output,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    keepNames: true,
    sourcemap: 'inline',
    conditions,
    logLevel: 'error',
  });
}

function run(files, folder, inspect) {
  // A run inside of another runner would report to that one, not to the author.
  const { NODE_TEST_CONTEXT: _outer, ...environment } = process.env;
  // The runner has a process for each file; a debugger wants one with all of them.
  const tests = inspect
    ? ['--inspect-brk=127.0.0.1:0', ...files.flatMap((file) => ['--require', file]), '--eval', '']
    : ['--test', ...files];
  const child = spawn(process.execPath, ['--enable-source-maps', ...tests], {
    cwd: folder,
    stdio: 'inherit',
    env: environment,
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) => resolve(status ?? 1));
  });
}
