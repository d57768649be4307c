import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeFolder } from './makeFolder';

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'make-folder-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('makes a folder and those above it, each for its owner alone where that is asked for', () => {
  const top = scratch();
  for (let times = 0; times < 2; times++) makeFolder(join(top, 'a', 'b'), 0o700);
  for (const path of ['a', 'a/b']) expect(statSync(join(top, path)).mode & 0o777).toBe(0o700);
});

test.each([
  ['where the system makes none', () => '/proc/diskwright/folder', 'ENOENT'],
  [
    'below a file',
    () => {
      const file = join(scratch(), 'file');
      writeFileSync(file, '');
      return join(file, 'folder');
    },
    'EEXIST',
  ],
])('%s it fails with the reason', (_, path, code) => {
  expect(() => makeFolder(path())).toThrow(expect.objectContaining({ code }));
});
