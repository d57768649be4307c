import { DIRECTORY_AT_END, marker, sparseHeader } from '../structures';

const SECTOR_BYTES = 512;
const FOOTER_MARKER = 3;

/**
 * A stream-optimised image as programs write it that cannot go back to its beginning: the header does not say where the directory is, but the
 * footer. QEMU reads such images, and writes none.
 */
export function withFooter(image: Buffer): Buffer {
  const header = Buffer.from(image.subarray(0, SECTOR_BYTES));
  const fields = sparseHeader.read(header);
  const start = sparseHeader.encode({ ...fields, directorySector: DIRECTORY_AT_END }, header);
  const mark = Buffer.alloc(SECTOR_BYTES);
  marker.encode({ sector: 1n, size: 0 }).copy(mark);
  mark.writeUInt32LE(FOOTER_MARKER, marker.size);
  const gap = Buffer.alloc(Math.ceil(image.length / SECTOR_BYTES) * SECTOR_BYTES - image.length);
  return Buffer.concat([start, image.subarray(SECTOR_BYTES), gap, mark, header, Buffer.alloc(SECTOR_BYTES)]);
}
