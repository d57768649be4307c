import { expect, it } from 'vitest';
import { copyFormats, hexDump } from './copyFormats';

const bytes = Uint8Array.from({ length: 40 }, (_, index) => (index * 37) % 256);
const write = (id: string): string => copyFormats.find((format) => format.id === id)!.write(bytes, 0x1000);

it('the dump reads as hexdump -C writes it, in upper case', () => {
  // The output of util-linux's hexdump for these bytes.
  const theirs = [
    '00000000  00 25 4a 6f 94 b9 de 03  28 4d 72 97 bc e1 06 2b  |.%Jo....(Mr....+|',
    '00000010  50 75 9a bf e4 09 2e 53  78 9d c2 e7 0c 31 56 7b  |Pu.....Sx....1V{|',
    '00000020  a0 c5 ea 0f 34 59 7e a3                           |....4Y~.|',
  ];
  expect(hexDump(bytes, 0).toLowerCase()).toBe(theirs.join('\n').toLowerCase());
});

it('rows of an odd number of bytes hold each byte once', () => {
  expect(hexDump(bytes.subarray(0, 8), 0, 5).split('\n')).toEqual([
    '00000000  00 25 4A  6F 94  |.%Jo.|',
    '00000005  B9 DE 03         |...|',
  ]);
});

it('JSON, Base64, hex and Python say the same bytes', () => {
  const pairs = (text: string): number[] =>
    text
      .split(/\W+|x/)
      .filter(Boolean)
      .map((pair) => Number.parseInt(pair, 16));
  expect(JSON.parse(write('json'))).toEqual([...bytes]);
  expect([...atob(write('base64'))].map((character) => character.charCodeAt(0))).toEqual([...bytes]);
  expect(pairs(write('hex'))).toEqual([...bytes]);
  expect(pairs(write('python').slice("data = b'".length))).toEqual([...bytes]);
});

it('arrays of C, Rust and Go hold every byte in its order', () => {
  for (const id of ['c', 'rust', 'go']) {
    const found = [...write(id).matchAll(/0x([0-9A-F]{2})/g)].map(([digits]) => Number(digits));
    expect(found).toEqual([...bytes]);
  }
});
