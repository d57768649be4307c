/**
 * How a content travels over a data socket: frames in the order of the content, each with a header of nine bytes, its kind and a length (64 bits, big
 * endian). Zeros are told, not sent; what could not be read is told apart from them.
 */
export const FrameKind = {
  /** As many bytes follow. */
  data: 0,
  zeros: 1,
  /** Could not be read; reads as zeros. */
  unreadable: 2,
  /** All of it was sent. */
  end: 3,
  /** It failed: as many bytes of JSON follow, the error as it crosses a connection. */
  failed: 4,
} as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

export const FRAME_HEADER_BYTES = 9;
/** No frame of data is larger. */
export const MAX_FRAME_BYTES = 1024 * 1024;

export function encodeFrameHeader(kind: FrameKind, length: number): Buffer {
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  header[0] = kind;
  header.writeBigUInt64BE(BigInt(length), 1);
  return header;
}

export function decodeFrameHeader(header: Buffer): { kind: number; length: number } {
  return { kind: header[0]!, length: Number(header.readBigUInt64BE(1)) };
}
