import { describe, expect, test } from 'vitest';
import { ActualPaths } from './actualPaths';
import { otherName, safeName } from './safeName';

describe('a name leads nowhere else', () => {
  test.each([
    ['', '_'],
    ['.', '_'],
    ['..', '__'],
    ['../../etc/passwd', '.._.._etc_passwd'],
    ['a\0b', 'a_b'],
    ['x'.repeat(300), 'x'.repeat(255)],
    [`${'x'.repeat(254)}ü`, 'x'.repeat(254)],
  ])('%j', (name, expected) => {
    expect(safeName(Buffer.from(name))).toEqual({ bytes: Buffer.from(expected), changed: true });
  });

  test('bytes that are no text stay as they are', () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x2e]);
    expect(safeName(bytes)).toEqual({ bytes, changed: false });
  });
});

test('another name keeps the ending, and what every filesystem takes', () => {
  expect(otherName(Buffer.from('photo.jpg'), 1).toString()).toBe('photo~1.jpg');
  expect(otherName(Buffer.from('фото.jpg'), 1).toString()).toBe('фото~1.jpg');
  expect(otherName(Buffer.from('a:b?.txt'), 2).toString()).toBe('a_b_~2.txt');
  expect(otherName(Buffer.from('x'.repeat(255)), 1)).toHaveLength(255);
});

describe('what is in a folder goes where the folder is', () => {
  test('whatever that is called', () => {
    const paths = new ActualPaths();
    paths.set('a\\xff', Buffer.from([0x61, 0xff]));
    expect(paths.of('a\\xff/b/c', undefined)).toEqual({
      parent: Buffer.from([0x61, 0xff, 0x2f, 0x62]),
      name: { bytes: Buffer.from('c'), changed: false },
    });
  });

  test.each(['../../etc/x', '/etc/x', 'a//x', './x', '..'])('never outside: %s', (path) => {
    const { parent, name } = new ActualPaths().of(path, undefined);
    const parts = [...(parent.length > 0 ? parent.toString().split('/') : []), name.bytes.toString()];
    for (const part of parts) expect(['', '.', '..']).not.toContain(part);
  });
});
