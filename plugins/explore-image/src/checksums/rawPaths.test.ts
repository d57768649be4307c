import { expect, test } from 'vitest';
import { RawPaths } from './rawPaths';

const raw = (bytes: Buffer): string => bytes.toString('base64');

test('names that Linux takes as bytes keep them, below such directories as well', () => {
  const paths = new RawPaths();
  paths.of({ path: 'caf\\xe9', rawName: raw(Buffer.from('caf\xe9', 'latin1')), type: 'directory' });
  expect(paths.of({ path: 'caf\\xe9/a', type: 'file' })).toEqual(Buffer.from('caf\xe9/a', 'latin1'));
});

test('names in UTF-16 are called as they are shown', () => {
  const rawName = raw(Buffer.from('a\ud800', 'utf16le'));
  expect(new RawPaths().of({ path: 'a\\ud800', rawName, type: 'file' })).toEqual(Buffer.from('a\\ud800'));
});
