/** Long reads of one device or two, told as they go. Each runs as one request, which is cancelled like any other. */
import Type from 'typebox';
import { ByteRange, Bytes, Count, Id, InlineBytes, oneOf } from '@diskwright/sdk/protocol/schemas/common';
import { LONGEST_PATTERN } from '../text/longestPattern';

export const SearchPattern = Type.Object({
  kind: oneOf('hex', 'text', 'regex'),
  /**
   * `hex`: digit pairs, `??` for any byte, blanks between. `regex`: over bytes; `\xHH`, classes, groups, `* + ? {n,m} |`; of matches that
   * begin at one place the longest, up to 4096 bytes.
   */
  text: Type.String({ minLength: 1, maxLength: LONGEST_PATTERN }),
  /** Of `text` and `regex`. */
  ignoreCase: Type.Boolean(),
  /** Of `text`: all of them are looked for. */
  encodings: Type.Array(oneOf('utf-8', 'utf-16le', 'utf-16be', 'latin1'), { minItems: 1, maxItems: 4 }),
});

export const SearchHit = Type.Object({
  offset: Bytes,
  length: Type.Integer({ minimum: 0, maximum: 65536 }),
  /** Up to 16 bytes before the hit. */
  before: InlineBytes,
  /** From the start of the hit on, up to 48 bytes, which may reach beyond it. */
  bytes: InlineBytes,
});

/** What a search found since it was last told, and how far it is. */
export const SearchProgress = Type.Object({
  /** Ascending. */
  hits: Type.Array(SearchHit, { maxItems: 1024 }),
  done: Bytes,
  total: Bytes,
  /** Of `done`: holes, which were not read. */
  skipped: Bytes,
  /** Of `done`: what could not be read; it was searched as zeros. */
  unreadable: Bytes,
});
export const SearchEnd = Type.Object({ state: oneOf('done', 'limit'), hits: Count });

export const CompareProgress = Type.Object({
  /** From the two starting offsets, ascending; bytes that differ, those less than 16 bytes apart joined. */
  differences: Type.Array(ByteRange, { maxItems: 4096 }),
  done: Bytes,
  total: Bytes,
});
export const CompareEnd = Type.Object({ state: oneOf('done', 'limit'), differences: Count, differentBytes: Bytes });

/** Ends with the state `limit` after so many hits or differences. */
export const Limit = Type.Integer({ minimum: 1, maximum: 100000 });
export const SearchTarget = Type.Object({ deviceId: Id, pattern: SearchPattern, range: Type.Optional(ByteRange), limit: Limit });
export const CompareTarget = Type.Object({
  left: Type.Object({ deviceId: Id, offset: Bytes }),
  right: Type.Object({ deviceId: Id, offset: Bytes }),
  length: Bytes,
  limit: Limit,
});
