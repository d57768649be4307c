import { expect, test } from 'vitest';
import { utf16Name } from './utf16Name';

const nameOf = (text: string): ReturnType<typeof utf16Name> => utf16Name(Buffer.from(text, 'utf16le'));

test('text of every plane is told as it is', () => {
  expect(nameOf('a ä 漢 😀 𐀀 \u{10ffff}')).toEqual({ text: 'a ä 漢 😀 𐀀 \u{10ffff}' });
});

test('halves of a pair, separators and zeros are shown by their numbers, and the bytes are kept', () => {
  for (const [name, text] of [
    ['a\ud83d', 'a\\ud83d'],
    ['\ude00b', '\\ude00b'],
    ['a/b', 'a\\u002fb'],
    ['a\0b', 'a\\u0000b'],
  ] as const)
    expect(nameOf(name)).toEqual({ text, raw: Buffer.from(name, 'utf16le') });
});
