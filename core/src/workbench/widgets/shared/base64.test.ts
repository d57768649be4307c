import { expect, test } from 'vitest';
import { decodeBase64 } from './base64';

test('base64 is read as bytes', () => {
  expect([...decodeBase64('AP+A')]).toEqual([0, 255, 128]);
});
