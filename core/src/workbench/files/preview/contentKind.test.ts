import { expect, it } from 'vitest';
import { kindOf, pictureType, textOf } from './contentKind';
import { pictureSize } from './pictureSize';

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...part].map((character) => character.charCodeAt(0)) : part)),
  );

it('takes for text what is text', () => {
  expect(kindOf(bytes('plain\n'), false)).toBe('text');
  expect(textOf(new TextEncoder().encode('größer'), false)).toBe('größer');
  expect(textOf(bytes([0xff, 0xfe], 'h\0i\0'), false)).toBe('hi');
  expect(kindOf(bytes([0x7f], 'ELF', [2, 1, 1, 0]), false)).toBe('hex');
  expect(kindOf(bytes([0x80, 0x81]), false)).toBe('hex');
  expect(kindOf(new Uint8Array(0), false)).toBe('text');
});

it('forgives a character that is cut in two, where more follows', () => {
  const cut = new TextEncoder().encode('aä').subarray(0, 2);
  expect(textOf(cut, true)).toBe('a');
  expect(textOf(cut, false)).toBeNull();
});

it.each([
  ['image/png', bytes([0x89], 'PNG\r\n', [0x1a, 0x0a], [0, 0, 0, 13], 'IHDR', [0, 0, 1, 0], [0, 0, 0, 2])],
  ['image/gif', bytes('GIF89a', [0, 1, 2, 0])],
  ['image/bmp', bytes('BM', new Array<number>(12).fill(0), [40, 0, 0, 0], [0, 1, 0, 0], [0xfe, 0xff, 0xff, 0xff])],
  ['image/jpeg', bytes([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0], [0xff, 0xc2, 0, 17, 8, 0, 2, 1, 0])],
  ['image/webp', bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8X', [10, 0, 0, 0, 0, 0, 0, 0], [255, 0, 0, 1, 0, 0])],
] as const)('%s states its size', (type, picture) => {
  expect(pictureType(picture)).toBe(type);
  expect(pictureSize(picture, type)).toEqual({ width: 256, height: 2 });
  expect(pictureSize(picture.subarray(0, 7), type)).toBeNull();
});
