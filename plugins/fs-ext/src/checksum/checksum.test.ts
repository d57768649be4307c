import { expect, test } from 'vitest';
import { crc16 } from './crc16';
import { crc32c } from '@diskwright/sdk/struct';

const digits = Buffer.from('123456789');

test('CRC-32C gives the check value of RFC 3720, appendix B.4, in its inverted form', () => {
  expect(crc32c(0xffffffff, digits) ^ -1).toBe(0xe3069283 | 0);
  expect(crc32c(0xffffffff, Buffer.alloc(32)) ^ -1).toBe(0x8a9136aa | 0);
});

test('CRC-32C of pieces equals that of the whole', () => {
  expect(crc32c(crc32c(0xffffffff, digits.subarray(0, 5)), digits.subarray(5))).toBe(crc32c(0xffffffff, digits));
});

test('CRC-16 gives the check value of the catalogue (CRC-16/ARC with start 0, CRC-16/MODBUS with start 0xffff)', () => {
  expect(crc16(0, digits)).toBe(0xbb3d);
  expect(crc16(0xffff, digits)).toBe(0x4b37);
});
