import { describe, expect, it } from 'vitest';
import { formatRescueMap } from './formatRescueMap';
import { parseRescueMap } from './parseRescueMap';
import { rangesWith } from './rescueMap';

const MAP = `# Mapfile. Created by GNU ddrescue version 1.27
# current_pos  current_status  current_pass
0x00001000     /               2
#      pos        size  status
0x00000000  0x00001000  +
0x00001000  0x00000200  -   # the worst
0x00001200  512  *
0x00001400  01000  /
0x00001600  0x7FFFFFFFFFFFE9FF  ?
`;

describe('a map file', () => {
  it('is read with all of its kinds of numbers and blocks', () => {
    expect(parseRescueMap(MAP, 'a.map').blocks).toEqual([
      { offset: 0, length: 4096, status: '+' },
      { offset: 4096, length: 512, status: '-' },
      { offset: 4608, length: 512, status: '*' },
      { offset: 5120, length: 512, status: '/' },
      { offset: 5632, length: Number.MAX_SAFE_INTEGER - 5632, status: '?' },
    ]);
    expect([...rangesWith(parseRescueMap(MAP, 'a.map'), '-*/')]).toEqual([{ offset: 4096, length: 1536 }]);
  });

  it('is the same after it was written and read again', () => {
    const map = parseRescueMap(MAP.replace(/.*\?\n$/, ''), 'a.map');
    const text = [...formatRescueMap(map, ['of a disk\nwith a strange name'])].join('');
    expect(parseRescueMap(text, 'b.map')).toEqual(map);
    expect(text).toMatch(/^# of a disk with a strange name\n/);
  });

  it.each([
    ['', /a\.map has no line of a current position/],
    ['hello', /line 1: this is no line of a current position/],
    ['0 ?\n0 8 !', /line 2: this is no line of a position, a size and a status/],
    ['0 ?\n0 8 + +', /line 2: this is no line/],
    ['0 ?\n# x\n0 8 +\n9 1 +', /line 4: the block does not begin where the one before it ends/],
    ['0 ?\n0 8 +\n4 8 +', /line 3: the block does not begin/],
    ['0 ?\n0 0 +', /line 2: the block has no bytes/],
    ['0 ?\n0 -8 +', /line 2: "-8" is no number of bytes/],
    ['0 ?\n0 08 +', /line 2: "08" is no number/],
    ['0 ?\n0 0x7FFFFFFFFFFFFFFF +', /line 2: what was tried ends after 2\^53 - 1/],
    ['0 ?\n1 0x7FFFFFFFFFFFFFFF ?', /line 2: the block ends after 2\^63 - 1/],
  ])('that says %j is refused with the line', (text, message) => {
    expect(() => parseRescueMap(text, 'a.map')).toThrow(message);
  });
});
