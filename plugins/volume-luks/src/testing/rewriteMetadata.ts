import { createHash } from 'node:crypto';
import type { ImageFile } from '@diskwright/sdk/testing';
import { header2 } from '../header/structures';

/** Of each header of version 2 as cryptsetup makes it. */
export const HEADER_BYTES = 16384;
const JSON_AT = 4096;

/** Changes the JSON area in both headers of version 2, with their checksums. */
export function rewriteMetadata(image: ImageFile, change: (text: string) => string): void {
  for (const offset of [0, HEADER_BYTES]) {
    const header = image.peek(offset, HEADER_BYTES);
    const text = change(metadataOf(header));
    image.patch(offset, withMetadata(header, text));
  }
}

export function metadataOf(header: Buffer): string {
  return header.toString('latin1', JSON_AT, header.indexOf(0, JSON_AT));
}

/** The header with another JSON area and the right checksum. */
export function withMetadata(header: Buffer, text: string): Buffer {
  const changed = Buffer.from(header);
  changed.fill(0, JSON_AT);
  changed.write(text, JSON_AT, 'latin1');
  const { offset, length } = header2.range('checksum');
  changed.fill(0, offset, offset + length);
  createHash('sha256').update(changed).digest().copy(changed, offset);
  return changed;
}
