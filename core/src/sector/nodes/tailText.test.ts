import { expect, test } from 'vitest';
import { tailNote } from './tailText';

test('one byte too many is told as one', () => {
  expect(tailNote('/a.img', 1, 512)).toBe('/a.img: 1 byte at its end is no whole sector of 512 bytes and is left out.');
  expect(tailNote('/a.img', 2, 512)).toBe('/a.img: 2 bytes at its end are no whole sector of 512 bytes and are left out.');
});
