/** Long reads that tell as they go: search and comparison. Both end by themselves when their page is gone. */
import Type from 'typebox';
import { ByteRange, Bytes, Count, Empty, Id, InlineBytes, oneOf } from '@diskwright/sdk/protocol/schemas/common';
import { WireError } from './errors';
import { notification, nullable, request, Token } from './shared';

export const SearchPattern = Type.Object({
  kind: oneOf('hex', 'text', 'regex'),
  /** `hex`: digit pairs, `??` for any byte, blanks between. `regex`: over bytes; `\xHH`, classes, groups, `* + ? {n,m} |`. */
  text: Type.String({ minLength: 1, maxLength: 4096 }),
  /** Of `text` and `regex`. */
  ignoreCase: Type.Boolean(),
  /** Of `text`: all of them are looked for. */
  encodings: Type.Array(oneOf('utf-8', 'utf-16le', 'utf-16be', 'latin1'), { minItems: 1, maxItems: 4 }),
});

export const SearchHit = Type.Object({
  offset: Bytes,
  length: Type.Integer({ minimum: 0, maximum: 65536 }),
  /** Up to 16 bytes before the hit, up to 32 of it and after it. */
  before: InlineBytes,
  bytes: InlineBytes,
});

const EndState = oneOf('done', 'cancelled', 'failed', 'limit');

export const messages = {
  /** Refused at once with the position when the pattern is malformed. */
  'search/start': request(
    Type.Object({
      token: Token,
      deviceId: Id,
      pattern: SearchPattern,
      range: Type.Optional(ByteRange),
      /** Ends with the state `limit` after so many hits. */
      limit: Type.Integer({ minimum: 1, maximum: 100000 }),
    }),
    Empty,
  ),
  'search/cancel': request(Type.Object({ token: Token }), Empty),
  /** To the page that started it, several times a second. Hits ascend. */
  'search/progress': notification(
    Type.Object({
      token: Token,
      hits: Type.Array(SearchHit, { maxItems: 4096 }),
      done: Bytes,
      total: Bytes,
      /** Of `done`: holes, which were not read. */
      skipped: Bytes,
      /** Of `done`: sectors that could not be read. */
      unreadable: Bytes,
      bytesPerSecond: Type.Number(),
    }),
  ),
  'search/ended': notification(Type.Object({ token: Token, state: EndState, hits: Count, error: nullable(WireError) })),
  /** Compares `length` bytes of two devices, each from its own offset. */
  'compare/start': request(
    Type.Object({
      token: Token,
      left: Type.Object({ deviceId: Id, offset: Bytes }),
      right: Type.Object({ deviceId: Id, offset: Bytes }),
      length: Bytes,
      /** Ends with the state `limit` after so many different ranges. */
      limit: Type.Integer({ minimum: 1, maximum: 100000 }),
    }),
    Empty,
  ),
  'compare/cancel': request(Type.Object({ token: Token }), Empty),
  'compare/progress': notification(
    Type.Object({
      token: Token,
      /** From the two starting offsets, ascending; bytes that differ, those less than 16 bytes apart joined. */
      differences: Type.Array(ByteRange, { maxItems: 4096 }),
      done: Bytes,
      total: Bytes,
      bytesPerSecond: Type.Number(),
    }),
  ),
  'compare/ended': notification(
    Type.Object({ token: Token, state: EndState, differences: Count, differentBytes: Bytes, error: nullable(WireError) }),
  ),
} as const;
