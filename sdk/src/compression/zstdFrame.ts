const MAGIC = 0xfd2f_b528;
/** A block holds at most this, decompressed or not. */
const MAX_BLOCK_BYTES = 128 * 1024;
const BLOCK_HEADER_BYTES = 3;
const CHECKSUM_BYTES = 4;
const BlockKind = { raw: 0, repeated: 1, compressed: 2 } as const;

/** How far a frame reaches (RFC 8878, 3.1.1), found by the heads of its blocks alone. */
export interface ZstdFrame {
  /** Of the frame with head and checksum. */
  length: number;
  /** What it says to hold, or null when it does not. */
  contentBytes: number | null;
  /** How far back its blocks may refer, which is what decompression needs of memory. */
  windowBytes: number;
}

/** The frame that begins at `start`; a string tells why there is none that is whole. */
export function zstdFrame(bytes: Buffer, start = 0): ZstdFrame | string {
  const head = frameHead(bytes, start);
  if (typeof head === 'string') return head;
  let at = head.end;
  for (;;) {
    if (at > bytes.length - BLOCK_HEADER_BYTES) return 'its end is missing';
    const block = bytes.readUIntLE(at, BLOCK_HEADER_BYTES);
    const kind = (block >> 1) & 3;
    const size = block >> 3;
    if (kind > BlockKind.compressed || size > MAX_BLOCK_BYTES) return 'one of its blocks is none';
    at += BLOCK_HEADER_BYTES + (kind === BlockKind.repeated ? 1 : size);
    if ((block & 1) === 1) break;
  }
  if (head.checksum) at += CHECKSUM_BYTES;
  if (at > bytes.length) return 'its end is missing';
  return { length: at - start, contentBytes: head.contentBytes, windowBytes: head.windowBytes };
}

function frameHead(bytes: Buffer, start: number) {
  if (start > bytes.length - 6 || bytes.readUInt32LE(start) !== MAGIC) return 'it does not begin with the mark of zstd';
  const descriptor = bytes[start + 4]!;
  const single = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const contentBytesWidth = [single ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  let at = start + 5;
  const end = at + (single ? 0 : 1) + dictionaryBytes + contentBytesWidth;
  if (end > bytes.length) return 'its end is missing';
  const window = single ? null : windowOf(bytes[at++]!);
  at += dictionaryBytes;
  const contentBytes = contentSize(bytes, at, contentBytesWidth);
  return { end, contentBytes, windowBytes: window ?? contentBytes!, checksum: (descriptor & 4) !== 0 };
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentSize(bytes: Buffer, at: number, width: number): number | null {
  if (width === 0) return null;
  if (width === 8) return Number(bytes.readBigUInt64LE(at));
  // Two bytes count from 256 on: less fits into one.
  return bytes.readUIntLE(at, width) + (width === 2 ? 256 : 0);
}
