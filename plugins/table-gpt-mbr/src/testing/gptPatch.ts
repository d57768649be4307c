import { crc32, safeNumber } from '@diskwright/sdk/struct';
import { headerChecksum } from '../gpt/gptCopy';
import { gptEntry, type GptEntry } from '../structures/gptEntry';
import { gptHeader, gptHeaderMinimumSize, type GptHeader } from '../structures/gptHeader';

/** Bytes that a test changes: a file or an image in memory. */
export interface Patchable {
  readonly size: number;
  readonly sectorSize?: 512 | 4096;
  read(offset: number, length: number): Buffer;
  write(offset: number, bytes: Buffer): unknown;
}

type Role = 'primary' | 'backup';

function headerOffset(image: Patchable, role: Role): number {
  const sectorSize = image.sectorSize ?? 512;
  return role === 'primary' ? sectorSize : (Math.floor(image.size / sectorSize) - 1) * sectorSize;
}

/** Changes fields of a header whose backup lies at the end, and puts its checksum right. */
export function patchHeader(image: Patchable, role: Role, change: Partial<GptHeader>): void {
  const offset = headerOffset(image, role);
  const sector = image.read(offset, image.sectorSize ?? 512);
  gptHeader.encode({ ...gptHeader.read(sector), ...change, headerCrc32: 0 }).copy(sector);
  const { headerSize } = gptHeader.read(sector);
  sector.writeUInt32LE(
    headerChecksum(sector, Math.min(Math.max(headerSize, gptHeaderMinimumSize), sector.length)),
    gptHeader.range('headerCrc32').offset,
  );
  image.write(offset, sector);
}

/** Puts both checksums of a copy right, as far as its header makes sense. */
export function fixChecksums(image: Patchable, role: Role): void {
  const offset = headerOffset(image, role);
  if (offset < 0 || offset + (image.sectorSize ?? 512) > image.size) return;
  const header = gptHeader.read(image.read(offset, 512));
  const start = safeNumber(header.partitionEntryLba) * (image.sectorSize ?? 512);
  const length = header.partitionEntryCount * header.partitionEntrySize;
  const isReadable = length <= 1024 * 1024 && start + length <= image.size;
  patchHeader(image, role, isReadable ? { entryArrayCrc32: crc32(image.read(start, length)) } : {});
}

/** Changes a partition entry in both copies, and puts all checksums right. */
export function patchEntry(image: Patchable, number: number, change: Partial<GptEntry>): void {
  for (const role of ['primary', 'backup'] as const) {
    const header = gptHeader.read(image.read(headerOffset(image, role), 512));
    const at = safeNumber(header.partitionEntryLba) * (image.sectorSize ?? 512) + (number - 1) * header.partitionEntrySize;
    image.write(at, gptEntry.encode({ ...gptEntry.read(image.read(at, 128)), ...change }));
    fixChecksums(image, role);
  }
}
