import { expect, it } from 'vitest';
import type { FilesystemNode } from '@diskwright/sdk/protocol';
import { exactTimeText, modeText } from './fileEntry';
import { linkTarget, namesOf, parentPath, withParents } from './filePath';
import { followPath } from './followPath';

it('takes names as they are meant', () => {
  expect(namesOf('//a/./b/../c/')).toEqual(['a', 'c']);
  expect(namesOf('/../..')).toEqual([]);
  expect(parentPath('/a/b')).toBe('/a');
  expect(parentPath('/')).toBe('/');
  expect(withParents('/a/b')).toEqual(['/', '/a', '/a/b']);
  expect(withParents('/')).toEqual(['/']);
  expect(linkTarget('/usr/bin', '../lib/x')).toBe('/usr/lib/x');
  expect(linkTarget('/usr/bin', '/etc')).toBe('/etc');
});

const link = (target: string): FilesystemNode => ({ node: target, type: 'symlink', size: 0, mtime: null, metadata: { target } });
const node = (type: FilesystemNode['type']): FilesystemNode => ({ node: type, type, size: 0, mtime: null });

/** As a provider does: no link on the way is followed. */
function lookupIn(nodes: Record<string, FilesystemNode>): (path: string) => Promise<FilesystemNode | null> {
  return (path) => Promise.resolve(nodes[path] ?? null);
}

const tree = lookupIn({
  '/': node('directory'),
  '/bin': link('usr/bin'),
  '/usr': node('directory'),
  '/usr/bin': node('directory'),
  '/usr/bin/sh': link('./dash'),
  '/usr/bin/dash': node('file'),
  '/loop': link('loop'),
  '/lost': link('/nowhere'),
});

it('follows links on the way and, when asked to, at the end', async () => {
  expect(await followPath('/bin/sh', true, tree)).toMatchObject({ path: '/usr/bin/dash', node: { type: 'file' } });
  expect(await followPath('/bin/sh', false, tree)).toMatchObject({ path: '/usr/bin/sh', node: { type: 'symlink' } });
  expect(await followPath('/usr/../usr/bin', true, tree)).toMatchObject({ path: '/usr/bin' });
});

it('ends at circles and at what is not there', async () => {
  expect(await followPath('/loop', true, tree)).toBeNull();
  expect(await followPath('/lost', true, tree)).toBeNull();
  expect(await followPath('/bin/none', true, tree)).toBeNull();
});

it('writes modes as ls does', () => {
  expect(modeText(0o755)).toBe('rwxr-xr-x');
  expect(modeText(0o4711)).toBe('rws--x--x');
  expect(modeText(0o6640)).toBe('rwSr-S---');
  expect(modeText(0o1777)).toBe('rwxrwxrwt');
});

it('writes times exactly, before 1970 as well', () => {
  expect(exactTimeText({ seconds: 0, nanoseconds: 5 })).toBe('1970-01-01 00:00:00.000000005 UTC');
  expect(exactTimeText({ seconds: -1, nanoseconds: 500_000_000 })).toBe('1969-12-31 23:59:59.500000000 UTC');
});
