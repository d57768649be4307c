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

const TEST_FOLDERS = ['sdk', 'core', 'native', 'plugins', 'test'];
/** As an option of vitest it would count for none of the projects. */
const ALONE = { DISKWRIGHT_TEST_WORKERS: '1' };
const MAX_FILES_AGAIN = 5;
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
  outcomes.set(title, { status: succeeded ? 'passed' : 'failed', title, reason: said });
}

/**
 * What came of each check and test, by file and place in it: a test that one run leaves out is there in another.
 * Of each `status`, and of what failed its `title`, `reason` and, for tests, `file`.
 */
const outcomes = new Map();

/** What failed beside other tests and passed alone. */
const unstable = [];

const failures = () => [...outcomes.values()].filter(({ status }) => status === 'failed');

/** What failed and why, to be told again at the end: the whole output is long. */
function tell(word, { title, reason }) {
  const lines = reason.split('\n').filter((line) => !/^ +at .*[/]node_modules[/]/.test(line));
  process.stderr.write(`\n${word} ${title}\n${lines.join('\n').trimEnd().slice(0, 4000)}\n`);
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
  let failedHere = 0;
  const note = (key, outcome) => {
    if (outcome.status === 'failed') failedHere++;
    if (outcome.status === 'passed' || outcome.status === 'failed' || !outcomes.has(key)) outcomes.set(key, outcome);
  };
  try {
    for (const { name, status, message, assertionResults } of JSON.parse(readFileSync(report, 'utf8')).testResults) {
      const file = relative(root, name);
      outcomes.delete(file);
      // A file that cannot even be loaded has no tests to count, yet has failed.
      if (status === 'failed' && assertionResults.length === 0) note(file, { status, title: file, reason: message, file });
      for (const [place, { status, fullName, failureMessages }] of assertionResults.entries())
        note(`${file} ${place}`, { status, title: `${file}: ${fullName}`, reason: failureMessages.join('\n'), file });
    }
  } catch (error) {
    note('report', { status: 'failed', title: 'The test report', reason: error.message });
  }
  if (!succeeded && failedHere === 0)
    outcomes.set('run', { status: 'failed', title: 'A run of tests', reason: 'It failed outside of its tests: see above.' });
}

/**
 * What failed runs once more, alone: on a machine that others share, a wait may end too early. What passes then is told all the
 * same, with why it failed. Many failures have another cause, and stand.
 */
async function runFailuresAlone() {
  const again = failures().filter(({ file }) => file);
  const files = [...new Set(again.map(({ file }) => file))];
  if (files.length === 0 || files.length > MAX_FILES_AGAIN) return;
  process.stderr.write(`\nOnce more, alone: ${files.join(', ')}\n`);
  await runTests(files, ALONE);
  const remaining = new Set(failures().map(({ title }) => title));
  unstable.push(...again.filter(({ title }) => !remaining.has(title)));
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
  await runTests(['--tags-filter=alone', ...filesAlone()], ALONE);
  await runFailuresAlone();
}
for (const outcome of unstable) tell('UNSTABLE (passed alone)', outcome);
for (const outcome of failures()) tell('FAILED', outcome);
const count = (...wanted) => [...outcomes.values()].filter(({ status }) => wanted.includes(status)).length;
const failed = count('failed');
const passed = count('passed');
process.stdout.write(`${passed} passed, ${failed} failed, ${outcomes.size - passed - failed} skipped\n`);
process.exit(failed === 0 ? 0 : 1);
