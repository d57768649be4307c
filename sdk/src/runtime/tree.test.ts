import { expect, test } from 'vitest';
import { DamagedStructureError } from '../errors';
import type { FilesystemEntry } from '../protocol/types';
import { walkDirectories } from './tree';

const { signal } = new AbortController();
const entry = (path: string, type: 'file' | 'directory'): FilesystemEntry => ({ path, node: path, type, size: 0, mtime: null });
const tree: Record<string, FilesystemEntry[]> = {
  root: [entry('a', 'directory'), entry('b', 'directory')],
  a: [entry('1', 'file')],
  b: [entry('2', 'file')],
};

/** What a walk tells until it ends, by its error where it fails. */
async function walked(damaged: string): Promise<{ told: string[]; error: string | null }> {
  const told: string[] = [];
  const list = async function* (node: string): AsyncGenerator<FilesystemEntry[]> {
    yield tree[node]!.map((each) => ({ ...each }));
    if (node === damaged) throw await Promise.resolve(new DamagedStructureError('directory', 'it ends here'));
  };
  try {
    for await (const entries of walkDirectories(list, 'root', { recursive: true }, signal))
      told.push(...entries.map(({ path, damage }) => (damage === undefined ? path : `${path}: ${damage}`)));
  } catch (error) {
    return { told, error: (error as Error).message };
  }
  return { told, error: null };
}

test('a damaged directory is told once more, with its damage', async () => {
  expect(await walked('a')).toEqual({ told: ['a', 'b', 'b/2', 'a/1', 'a: it ends here'], error: null });
});

test('the one that a walk begins with hides none of those below it', async () => {
  expect(await walked('root')).toEqual({ told: ['a', 'b', 'b/2', 'a/1'], error: 'it ends here' });
});
