import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame, FrameDecoder } from './frames';

test('messages come out as they went in, however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 5 }), fc.integer({ min: 1, max: 40 }), (messages, pieceBytes) => {
      // What JSON itself changes (−0) is not what is tested here.
      const expected: unknown = JSON.parse(JSON.stringify(messages));
      const stream = Uint8Array.from(messages.flatMap((message) => [...encodeFrame(message)]));
      const decoder = new FrameDecoder();
      const received: unknown[] = [];
      for (let at = 0; at < stream.length; at += pieceBytes) received.push(...decoder.push(stream.subarray(at, at + pieceBytes)));
      expect(received).toEqual(expected);
    }),
  );
});

test.each([
  ['a header without an end', 'X'.repeat(1100)],
  ['a length that is no number', 'Content-Length: 4e9\r\n\r\n'],
  ['a length beyond the limit', 'Content-Length: 4000000\r\n\r\n'],
  ['a body that is no JSON', 'Content-Length: 3\r\n\r\n{x}'],
])('%s is refused', (_name, text) => {
  expect(() => new FrameDecoder().push(new TextEncoder().encode(text))).toThrow();
});
