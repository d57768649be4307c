import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzyMatch } from './fuzzy';
import { rank } from './rank';

const COMMANDS = [
  'Sectors: Go to Offset…',
  'View: Toggle Side Bar',
  'View: Toggle Panel',
  'Preferences: Open Settings (JSON)',
  'Preferences: Open Settings',
  'Disk: Clone Disk…',
  'Preferences: Colour Theme',
  'Help: About',
  'Plugins: Show What Was Read and Written',
  'View: Show Plugins',
];
const best = (query: string): string | undefined =>
  rank(
    query,
    COMMANDS.map((label) => ({ label })),
  )[0]?.item.label;

test.each([
  ['goto', 'Sectors: Go to Offset…'],
  ['go off', 'Sectors: Go to Offset…'],
  ['off go', 'Sectors: Go to Offset…'],
  ['tsb', 'View: Toggle Side Bar'],
  ['panel', 'View: Toggle Panel'],
  ['settings', 'Preferences: Open Settings'],
  ['json', 'Preferences: Open Settings (JSON)'],
  ['clone', 'Disk: Clone Disk…'],
  ['theme', 'Preferences: Colour Theme'],
  ['Show Plugins', 'View: Show Plugins'],
  ['plugins show', 'Plugins: Show What Was Read and Written'],
  ['xyz', undefined],
])('%s finds %s', (query, expected) => {
  expect(best(query)).toBe(expected);
});

test('what matched is told as ranges', () => {
  expect(fuzzyMatch('tsb', 'Toggle Side Bar')?.ranges).toEqual([
    [0, 1],
    [7, 8],
    [12, 13],
  ]);
  expect(fuzzyMatch('side', 'Toggle Side Bar')?.ranges).toEqual([[7, 11]]);
});

test('a match in the label goes before one in the description', () => {
  const items = [
    { label: 'photos.img', description: '/data' },
    { label: 'x', description: 'photos' },
  ];
  expect(rank('photos', items.reverse()).map(({ item }) => item.label)).toEqual(['photos.img', 'x']);
  expect(rank('data', items)[0]).toMatchObject({ item: { label: 'photos.img' }, description: [[1, 5]] });
});

test('a subsequence always matches, and its ranges spell the query', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-zA-Z /.]{1,60}$/), fc.array(fc.boolean(), { maxLength: 60 }), (text, keep) => {
      const query = [...text].filter((character, index) => keep[index] && character !== ' ').join('');
      const match = fuzzyMatch(query, text);
      expect(match).not.toBeNull();
      const spelled = match!.ranges.map(([start, end]) => text.slice(start, end)).join('');
      expect(spelled.toLowerCase()).toBe(query.toLowerCase());
    }),
  );
});
