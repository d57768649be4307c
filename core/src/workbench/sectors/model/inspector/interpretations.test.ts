import { describe, expect, it } from 'vitest';
import { parseHex } from '../byteClass';
import { asSectorOffset, interpretations } from './interpretations';

function viewOf(hex: string): DataView {
  const bytes = parseHex(hex)!;
  return new DataView(bytes.buffer);
}
const row = (id: string) => interpretations.find((candidate) => candidate.id === id)!;

describe('the data inspector reads', () => {
  it.each([
    // Known constants: powers of two, IEEE 754 examples, RFC 4122, Microsoft's and POSIX's epochs.
    ['u8', 'ff', true, '255'],
    ['i8', 'ff', true, '-1'],
    ['u16', '53ef', true, '61267'],
    ['u16', '53ef', false, '21487'],
    ['u32', '55aa55aa', false, '1437226410'],
    ['i32', '00000080', true, '-2147483648'],
    ['u64', '0100000000002000', true, '9007199254740993'],
    ['u64', 'ffffffffffffffff', true, '18446744073709551615'],
    ['i64', '0000000000000080', true, '-9223372036854775808'],
    ['f16', '003c', true, '1'],
    ['f16', 'ff7b', true, '65504'],
    ['f16', '0100', true, '5.960464477539063e-8'],
    ['f16', '00fc', true, '-Infinity'],
    ['f32', 'db0f4940', true, '3.14159274'],
    ['f64', '182d4454fb210940', true, '3.141592653589793'],
    // The type GUID of an EFI system partition, as GPT keeps it.
    ['guid', '28732ac11ff8d211ba4b00a0c93ec93b', true, 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b'],
    ['guid', 'c12a7328f81f11d2ba4b00a0c93ec93b', false, 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b'],
    ['filetime', '00803ed5deb19d01', true, '1970-01-01 00:00:00 UTC'],
    ['filetime', '0000000000000000', true, '1601-01-01 00:00:00 UTC'],
    ['unix32', 'ffffff7f', true, '2038-01-19 03:14:07 UTC'],
    ['unix32', '00000080', true, '1901-12-13 20:45:52 UTC'],
    ['unix64', '00ca9a3b00000000', true, '2001-09-09 01:46:40 UTC'],
    ['dos', '00002100', true, '1980-01-01 00:00:00'],
    ['dos', '7dbf9fff', true, '2107-12-31 23:59:58'],
    ['utf8', 'e282ac20', true, '€  U+20AC'],
    ['utf8', '4100', true, 'A  U+0041'],
    ['utf16', 'ac20', true, '€  U+20AC'],
    ['utf16', '3dd800de', true, '😀  U+1F600'],
    ['bits', '53', true, '0101 0011'],
  ])('%s from %s (little endian: %s): %s', (id, hex, littleEndian, text) => {
    expect(row(id).read(viewOf(hex), littleEndian)).toBe(text);
  });

  it.each([
    ['utf8', 'ff20'],
    ['utf16', '00d80000'],
    ['dos', '00000000'],
    ['unix64', 'ffffffffffffff7f'],
  ])('%s has no meaning for %s', (id, hex) => {
    expect(row(id).read(viewOf(hex), true)).toBeNull();
  });
});

describe('the data inspector writes', () => {
  const all = '0123456789abcdef00112233445566';
  it.each(interpretations.filter(({ write }) => write).map(({ id }) => [id]))('what %s reads', (id) => {
    const interpretation = row(id);
    for (const littleEndian of [true, false]) {
      const source = viewOf(id === 'dos' ? '7dbf9fff9fff7dbf' : id.startsWith('unix') ? '0000000012340000' : `${all}77`);
      const text = interpretation.read(source, littleEndian);
      if (text === null) continue;
      const written = new DataView(new ArrayBuffer(16));
      interpretation.write!(written, text, littleEndian);
      expect(interpretation.read(written, littleEndian)).toBe(text);
      if (!/f32|dos/.test(id)) {
        const bytes = (view: DataView): number[] => [...new Uint8Array(view.buffer, 0, interpretation.length)];
        expect(bytes(written)).toEqual(bytes(source));
      }
    }
  });

  it.each([
    ['u8', '256', /0 to 255/],
    ['i16', '-32769', /-32768 to 32767/],
    ['u64', '18446744073709551616', /18446744073709551615/],
    ['u32', 'abc', /whole number/],
    ['unix32', '2040-01-01', /2038/],
    ['dos', '1979-01-01', /1980/],
    ['filetime', '2024-02-30', /no such day/],
    ['guid', '1234', /GUID/],
    ['bits', '2', /eight bits/],
  ])('%s refuses %s', (id, text, message) => {
    expect(() => row(id).write!(new DataView(new ArrayBuffer(16)), text, true)).toThrow(message);
  });

  it('half floats round to even as IEEE 754 says', () => {
    const view = new DataView(new ArrayBuffer(2));
    for (const [text, bits] of [
      ['2049', 0x6800],
      ['2051', 0x6802],
      ['65520', 0x7c00],
      ['-0', 0x8000],
      ['6e-8', 1],
    ] as const) {
      row('f16').write!(view, text, true);
      expect(view.getUint16(0, true)).toBe(bits);
    }
  });
});

it('a sector number leads to its place on the device, or nowhere', () => {
  const device = { size: 2 ** 27, sectorSize: 512 };
  expect(asSectorOffset(viewOf('00080000'), 32, true, device)).toMatchObject({ lba: 2048, offset: 2 ** 20 });
  expect(asSectorOffset(viewOf('00080000'), 32, false, device)).toBeNull();
});
