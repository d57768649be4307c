// The README's test command: sets up, checks types, layers and style, runs all tests, and ends with one line of figures.
// With --long the campaigns (fuzzing, cuts, kills) run with their full budgets; then `node scripts/evidence.mjs` writes what came of
// them. Further arguments go to vitest.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root, WITHOUT_CERTIFICATES } from './shared.mjs';
import { setup } from './setup.mjs';
import { ensureTestTools } from './testTools.mjs';

const long = process.argv.includes('--long');
const filters = process.argv.slice(2).filter((argument) => argument !== '--long');
setup();
ensureTestTools();

let passed = 0;
let failed = 0;
let skipped = 0;
const TEST_FOLDERS = ['sdk', 'core', 'native', 'plugins', 'test'];
const bin = (name, file) => join(root, 'node_modules', name, file);

/** Runs a program of node to its end; answers whether it succeeded. */
function run(args, options) {
  return new Promise((resolve) =>
    spawn(process.execPath, args, { cwd: root, ...options }).once('close', (status) => resolve(status === 0)),
  );
}

/** Types, style and layers, one after the other; what they find is told as a whole, since tests run beside them. */
async function runChecks() {
  await check('Types', [bin('ts7', 'bin/tsc'), '-b']);
  await check('Lint', [bin('eslint', 'bin/eslint.js'), '.']);
  await check('Layers', [
    bin('dependency-cruiser', 'bin/dependency-cruise.mjs'),
    '--config',
    '.dependency-cruiser.cjs',
    'core/src',
    'sdk/src',
    'plugins',
  ]);
  await check('Format', [bin('prettier', 'bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']);
}

async function check(title, args) {
  const output = join(root, '.cache', `${title}.log`);
  const file = openSync(output, 'w');
  const succeeded = await run(args, { stdio: ['ignore', file, file] });
  closeSync(file);
  const said = readFileSync(output, 'utf8');
  process.stderr.write(`${title}: ${succeeded ? 'passed' : 'FAILED'}\n${said}`);
  if (succeeded) return void passed++;
  failed++;
  tellFailed(title, said);
}

/** Of each test, by file and place in it, what came of it: a test that one run leaves out is there in another. */
const outcomes = new Map();

/** What failed and why, to be told again at the end: the whole output is long. */
const failures = [];

function tellFailed(title, reason) {
  const lines = reason.split('\n').filter((line) => !/^ +at .*[/]node_modules[/]/.test(line));
  failures.push(`FAILED ${title}\n${lines.join('\n').trimEnd().slice(0, 4000)}\n`);
}

/** Runs vitest and takes note of what came of each test. @param environment variables of this run */
async function runTests(args, environment = {}) {
  const report = join(root, '.cache', 'tests.json');
  rmSync(report, { force: true });
  const succeeded = await run(
    [bin('vitest', 'vitest.mjs'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args],
    {
      stdio: 'inherit',
      env: {
        ...process.env,
        ...WITHOUT_CERTIFICATES,
        ...environment,
        ...(long ? { DISKWRIGHT_LONG: '1', FUZZ_CASES: process.env.FUZZ_CASES ?? '100000' } : {}),
      },
    },
  );
  let failedTests = 0;
  try {
    const figures = JSON.parse(readFileSync(report, 'utf8'));
    // A file that cannot even be loaded has no tests to count, yet has failed.
    const brokenFiles = figures.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
    failedTests = figures.numFailedTests + brokenFiles.length;
    for (const { name, message } of brokenFiles) tellFailed(relative(root, name), message);
    for (const { name, assertionResults } of figures.testResults) {
      for (const [place, { status, fullName, failureMessages }] of assertionResults.entries()) {
        const key = `${name} ${place}`;
        if (status === 'passed' || status === 'failed' || !outcomes.has(key)) outcomes.set(key, status);
        if (status === 'failed') tellFailed(`${relative(root, name)}: ${fullName}`, failureMessages.join('\n'));
      }
    }
  } catch (error) {
    process.stderr.write(`No test report: ${error.message}\n`);
    failedTests = 1;
  }
  failed += !succeeded && failedTests === 0 ? 1 : failedTests;
}

/** The files with tests that are to run alone. */
function filesAlone() {
  const found = spawnSync(
    'grep',
    ['-rlE', "tags: \\['alone'\\]|@module-tag alone", '--include=*.test.ts', '--exclude-dir=node_modules', ...TEST_FOLDERS],
    { cwd: root, encoding: 'utf8' },
  );
  return found.stdout.split('\n').filter(Boolean);
}

mkdirSync(join(root, '.cache'), { recursive: true });
if (filters.length > 0) await runTests(filters);
else {
  await Promise.all([runChecks(), runTests(['--tags-filter=!alone'])]);
  // As an option it would count for none of the projects.
  await runTests(['--tags-filter=alone', ...filesAlone()], { DISKWRIGHT_TEST_WORKERS: '1' });
}
for (const status of outcomes.values()) {
  if (status === 'passed') passed++;
  else if (status !== 'failed') skipped++;
}
if (failures.length > 0) process.stderr.write(`\n${failures.join('\n')}\n`);
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
process.exit(failed === 0 ? 0 : 1);
