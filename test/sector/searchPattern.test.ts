import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { describe, expect, test } from 'vitest';
import { requireTool } from '../support/tools';
import type { SearchPattern } from '../../core/src/common';
import { native } from '../../core/src/sector/native';
import { compilePattern } from '../../core/src/sector/search/pattern/compilePattern';

const pattern = (kind: SearchPattern['kind'], text: string, further: Partial<SearchPattern> = {}): SearchPattern => ({
  kind,
  text,
  ignoreCase: false,
  encodings: ['utf-8'],
  ...further,
});

/** Such an expression is refused: it matches everywhere. */
const canBeEmpty = (text: string): boolean => new RegExp(`^(${text})$`).test('');

/** Offset and length of every match. */
async function matches(asked: SearchPattern, bytes: Buffer): Promise<[number, number][]> {
  const { hits } = await new native.Searcher(compilePattern(asked)).inBytes(bytes, bytes.length, 100_000);
  return Array.from({ length: hits.length / 2 }, (_, index) => [hits[index * 2]!, hits[index * 2 + 1]!]);
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('hexadecimal', () => {
  test.each([
    [
      '55aa',
      '00 55 aa 55 aa',
      [
        [1, 2],
        [3, 2],
      ],
    ],
    [
      '55 ?? aa',
      '55 00 aa 55 55 aa',
      [
        [0, 3],
        [3, 3],
      ],
    ],
    [
      '4?',
      '3f 40 4f 50',
      [
        [1, 1],
        [2, 1],
      ],
    ],
    ['?f 0x00', '1f 00 10 00', [[0, 2]]],
  ])('%s', async (text, bytes, expected) => {
    expect(await matches(pattern('hex', text), hex(bytes))).toEqual(expected);
  });

  test.each([
    ['5', 0],
    ['55 a', 3],
    ['zz', 0],
    ['?? ??', 0],
    ['  ', 0],
  ])('%j is refused at %d', (text, offset) => {
    expect(() => compilePattern(pattern('hex', text))).toThrow(
      expect.objectContaining({ code: 'InvalidInput', detail: expect.objectContaining({ offset }) }),
    );
  });
});

describe('text', () => {
  test('is found in every encoding, once each', async () => {
    const bytes = Buffer.concat([Buffer.from('key'), Buffer.from('key', 'utf16le'), Buffer.from('key', 'utf16le').swap16()]);
    const encodings: SearchPattern['encodings'] = ['utf-8', 'utf-16le', 'utf-16be', 'latin1'];
    expect(await matches(pattern('text', 'key', { encodings }), bytes)).toEqual([
      [0, 3],
      [3, 6],
      [9, 6],
    ]);
  });

  test('in either case, where the cases differ in length, too', async () => {
    const bytes = Buffer.from('GRÜN grün Grün');
    expect(await matches(pattern('text', 'grün', { ignoreCase: true }), bytes)).toEqual([
      [0, 5],
      [6, 5],
      [12, 5],
    ]);
    expect(await matches(pattern('text', 'straße', { ignoreCase: true }), Buffer.from('STRASSE straße'))).toEqual([
      [0, 7],
      [8, 7],
    ]);
  });

  test('that no encoding has is refused', () => {
    expect(() => compilePattern(pattern('text', '→', { encodings: ['latin1'] }))).toThrow(InvalidInputError);
  });
});

describe('regular expressions', () => {
  test.each([
    [
      'a(b|cd)*e',
      'xabcdbe ae',
      [
        [1, 6],
        [8, 2],
      ],
    ],
    [
      '[^\\x00-\\x1f]{3,}',
      'ab\0abcd\0abc',
      [
        [3, 4],
        [8, 3],
      ],
    ],
    ['\\d+\\.\\d+', 'v1.25 3.', [[1, 4]]],
    ['ab|abc', 'abcd', [[0, 3]]],
    [
      'x{2}',
      'xxxxx',
      [
        [0, 2],
        [2, 2],
      ],
    ],
    ['\\{a\\}', 'a{a}', [[1, 3]]],
    ['a{,2}', 'a{,2}', [[0, 5]]],
  ])('%s', async (text, bytes, expected) => {
    expect(await matches(pattern('regex', text), Buffer.from(bytes))).toEqual(expected);
  });

  test('bytes that are no text', async () => {
    expect(await matches(pattern('regex', '\\x55\\xaa.{2}\\xff'), hex('00 55 aa 00 0a ff'))).toEqual([[1, 5]]);
  });

  test.each([
    ['a(b', 1],
    ['a)', 1],
    ['[z-a]', 1],
    ['*a', 0],
    ['a**', 2],
    ['^a', 0],
    ['\\1', 0],
    ['\\xg0', 0],
    ['(?=a)', 2],
    ['a{3,2}', 1],
    ['a{9999}', 1],
  ])('%s is refused at %d', (text, offset) => {
    expect(() => compilePattern(pattern('regex', text))).toThrow(
      expect.objectContaining({ code: 'InvalidInput', detail: expect.objectContaining({ offset }) }),
    );
  });

  test('that match no bytes at all, or are too large, are refused', () => {
    for (const text of ['a*', '()', '((a{1000}){1000}){1000}'])
      expect(() => compilePattern(pattern('regex', text))).toThrow(InvalidInputError);
  });

  test('that take long can be stopped', async () => {
    // A state of its own for nearly every byte, each of thousands of places in the expression.
    const searcher = new native.Searcher(compilePattern(pattern('regex', `a${'.{999}'.repeat(18)}c`)));
    const bytes = Buffer.from(randomBytes(1024 * 1024).map((byte) => 0x61 + (byte & 1)));
    const searching = searcher.inBytes(bytes, bytes.length, 1);
    searcher.stop();
    await expect(searching).rejects.toThrow('stopped');
  });

  test('nothing, repeated, costs nothing', async () => {
    expect(await matches(pattern('regex', 'a((((){1000}){1000}){1000}){1000}b{0}c'), Buffer.from('xac'))).toEqual([[1, 2]]);
  });

  test('find where ripgrep finds something', async () => {
    requireTool('rg');
    const atom = fc.constantFrom('a', 'b', 'c', '[ab]', '[^a]', '.', '(ab|c)', '(a|bb|ca)', '\\x62');
    const piece = fc.tuple(atom, fc.constantFrom('', '', '+', '?', '{2}', '{1,3}')).map(([part, times]) => part + times);
    const expression = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''));
    await fc.assert(
      fc.asyncProperty(expression, fc.stringMatching(/^[abc]{0,60}$/), async (text, bytes) => {
        const asked = pattern('regex', text);
        fc.pre(canBeEmpty(text) === false);
        const found = await matches(asked, Buffer.from(bytes));
        const { stdout } = spawnSync('rg', ['--no-unicode', '-a', '-o', '-b', '-e', text, '-'], {
          input: bytes,
          encoding: 'utf8',
        });
        const [first] = stdout.split('\n');
        expect(found[0]?.[0] ?? null).toBe(first === '' || first === undefined ? null : Number(first.split(':')[0]));
      }),
      { numRuns: 150 },
    );
  });
});
