/** The code caches that commands leave behind: `core/bin/loadCached.cjs`. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectFolder } from '../support/cli';
import { scratchFolder } from '../support/scratch';

const LOADER = join(projectFolder, 'core', 'bin', 'loadCached.cjs');
/** Enough of them to be a good part of what Node itself compiles. */
const STATEMENTS = 3000;

interface Program {
  /** Does one of its two large tasks, and ends with a status. */
  run(task: 'one' | 'other', status?: number): string;
  cacheFile: string;
  caches(): string[];
}

async function makeProgram(): Promise<Program> {
  const folder = await scratchFolder();
  const cacheFolder = join(folder, 'cache');
  const statements = Array.from({ length: STATEMENTS }, (_, index) => `sum += (sum % ${index + 2}) * ${index};`).join('\n');
  const task = (start: number): string => `() => { let sum = ${start}; ${statements} return sum; }`;
  const main = `const tasks = { one: ${task(1)}, other: ${task(2)} };
    process.stdout.write(String(tasks[process.argv[3]]()));
    process.exitCode = Number(process.argv[4]);`;
  writeFileSync(join(folder, 'main.cjs'), main);
  writeFileSync(
    join(folder, 'start.cjs'),
    `require(${JSON.stringify(LOADER)}).run(__dirname + '/main.cjs', __dirname + '/cache/main');`,
  );
  return {
    run: (name, status = 0) => {
      const ended = spawnSync(process.execPath, [join(folder, 'start.cjs'), 'go', name, `${status}`], { encoding: 'utf8' });
      expect(ended).toMatchObject({ stderr: '', status });
      return ended.stdout;
    },
    cacheFile: join(cacheFolder, 'main.go.v8'),
    caches: () => (existsSync(cacheFolder) ? readdirSync(cacheFolder) : []),
  };
}

test('a run that needs more than those before leaves all of it behind, and one that does not leaves the cache alone', async () => {
  const { run, cacheFile, caches } = await makeProgram();
  const plain = run('one');
  const first = readFileSync(cacheFile);
  expect(run('one')).toBe(plain);
  expect(readFileSync(cacheFile).equals(first)).toBe(true);

  run('other');
  const both = readFileSync(cacheFile);
  expect(both.length).toBeGreaterThan(first.length * 1.5);
  expect(run('one')).toBe(plain);
  expect(readFileSync(cacheFile).equals(both)).toBe(true);
  expect(caches()).toEqual(['main.go.v8']);
});

test('what was called wrongly leaves nothing behind: its words are no commands', async () => {
  const { run, caches } = await makeProgram();
  run('one', 2);
  expect(caches()).toEqual([]);
  run('one', 1);
  expect(caches()).toEqual(['main.go.v8']);
});

test.each([0, 5, 8, 1000])('a cache of which only %i bytes are left is passed over, and made anew', async (bytes) => {
  const { run, cacheFile } = await makeProgram();
  const plain = run('one');
  const { length } = readFileSync(cacheFile);
  truncateSync(cacheFile, bytes);
  expect(run('one')).toBe(plain);
  expect(readFileSync(cacheFile).length).toBe(length);
});
