import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { CommandContribution } from '@diskwright/sdk/protocol';
import { commandLine } from './commandLine';
import { shellWord } from './shellWord';

const clone: CommandContribution = {
  id: 'disk-clone.cloneDisk',
  title: 'Clone a disk',
  returns: 'plan',
  input: {
    type: 'object',
    required: ['source', 'target'],
    properties: {
      source: { type: 'string', format: 'device' },
      target: { type: 'string', format: 'device' },
      layout: { type: 'string', enum: ['keep', 'fit'], default: 'keep' },
      allSectors: { type: 'boolean', default: false },
      verify: { type: 'boolean', default: true },
      key: { type: 'string', format: 'secret' },
      skip: { type: 'array', items: { type: 'integer' } },
    },
  },
  cli: { path: ['clone', 'disk'], positionals: ['source', 'target'] },
};
const { cli: _words, ...withoutWords } = clone;

test.each([
  ['by position', { source: 'a.img', target: 'b.img' }, 'diskwright clone disk a.img b.img'],
  [
    'with options',
    { source: 'a', target: 'b', layout: 'fit', allSectors: true },
    'diskwright clone disk a b --layout fit --all-sectors',
  ],
  ['without what is so by default', { source: 'a', target: 'b', layout: 'keep', verify: true }, 'diskwright clone disk a b'],
  ['with what is on by default turned off', { source: 'a', target: 'b', verify: false }, 'diskwright clone disk a b --no-verify'],
  ['with lists', { source: 'a', target: 'b', skip: [1, 2] }, 'diskwright clone disk a b --skip 1 2'],
  ['without secrets', { source: 'a', target: 'b', key: 'secret' }, 'diskwright clone disk a b'],
  [
    'with names that look like options',
    { source: '-a', target: 'b', layout: 'fit' },
    'diskwright clone disk --layout fit -- -a b',
  ],
  [
    'with names that a shell would take apart',
    { source: 'my disk.img', target: "it's" },
    "diskwright clone disk 'my disk.img' 'it'\\''s'",
  ],
])('a command line %s', (_name, input, expected) => {
  expect(commandLine(clone, input)).toBe(expected);
});

test('there is none while something is missing', () => {
  expect(commandLine(clone, { source: 'a.img' })).toBeNull();
});

test('a command without words is called by its id, with its input as JSON', () => {
  const line = commandLine(withoutWords, { source: "it's", target: 'b', key: 'secret' })!;
  expect(line).toMatch(/ \| diskwright call disk-clone\.cloneDisk --input -$/);
  const written = execFileSync('sh', ['-c', line.split(' | ')[0]!], { encoding: 'utf8' });
  expect(JSON.parse(written)).toEqual({ source: "it's", target: 'b' });
});

test.each([
  'plain',
  'with blank',
  "quo'te",
  '$(reboot)',
  '`id`',
  'a\nb',
  '\x1b[201~; reboot',
  'back\\slash\t',
  '\u202egnp.img',
  'ä€😀',
  '',
])('a shell takes %j for one word, and nothing in it obeys', (text) => {
  const word = shellWord(text);
  expect(word).not.toMatch(/[\x00-\x1f\u202e]/);
  expect(execFileSync('bash', ['--norc', '-c', `printf %s ${word}`], { encoding: 'utf8', env: { LC_ALL: 'C.UTF-8' } })).toBe(
    text,
  );
});
