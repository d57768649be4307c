// The README's test command: sets up, checks types, layers and style, runs all tests, and ends with one line of figures.
// With --long the campaigns (fuzzing, cuts, kills) run with their full budgets; then `node scripts/evidence.mjs` writes what came of
// them. Further arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './shared.mjs';
import { setup } from './setup.mjs';
import { ensureTestTools } from './testTools.mjs';

const long = process.argv.includes('--long');
const filters = process.argv.slice(2).filter((argument) => argument !== '--long');
setup();
ensureTestTools();

let passed = 0;
let failed = 0;
function check(title, args) {
  process.stderr.write(`${title}\n`);
  const result = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (result.status === 0) passed++;
  else failed++;
}
const bin = (name, file) => join(root, 'node_modules', name, file);
if (filters.length === 0) {
  check('Types', [bin('ts7', 'bin/tsc'), '-b']);
  check('Lint', [bin('eslint', 'bin/eslint.js'), '.']);
  check('Layers', [
    bin('dependency-cruiser', 'bin/dependency-cruise.mjs'),
    '--config',
    '.dependency-cruiser.cjs',
    'core/src',
    'sdk/src',
    'plugins',
  ]);
  check('Format', [bin('prettier', 'bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']);
}

const report = join(root, '.cache', 'tests.json');
mkdirSync(join(root, '.cache'), { recursive: true });
let skipped = 0;

/** Runs vitest and adds its figures. */
function runTests(...args) {
  rmSync(report, { force: true });
  const before = failed;
  const vitest = spawnSync(
    process.execPath,
    [bin('vitest', 'vitest.mjs'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...(long ? { DISKWRIGHT_LONG: '1', FUZZ_CASES: process.env.FUZZ_CASES ?? '100000' } : {}) },
    },
  );
  try {
    const figures = JSON.parse(readFileSync(report, 'utf8'));
    passed += figures.numPassedTests;
    // A file that cannot even be loaded has no tests to count, yet has failed.
    const brokenFiles = figures.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
    failed += figures.numFailedTests + brokenFiles.length;
    skipped += figures.numPendingTests + (figures.numTodoTests ?? 0);
  } catch (error) {
    process.stderr.write(`No test report: ${error.message}\n`);
    failed++;
  }
  if (vitest.status !== 0 && failed === before) failed++;
}

if (filters.length > 0) runTests(...filters);
else {
  runTests('--exclude', 'test/measures/**');
  // After the others and by itself: whatever ran beside it would be measured, too.
  runTests('test/measures');
}
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
process.exit(failed === 0 ? 0 : 1);
