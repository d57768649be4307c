import type { SectorSize } from '@diskwright/sdk/protocol';

const SIGNATURE = Buffer.from('EFI PART', 'latin1');
const PROTECTIVE = 0xee;

/** Reads from the image; what cannot be read is answered as null, since a damaged image still has a sector size. */
type Peek = (offset: number, length: number) => Promise<Buffer | null>;

/**
 * The sector size that an image's partition table was written with: a GPT header stands in LBA 1 and its backup in the last LBA
 * (UEFI 2.10, §5.3.2). Where headers of both sizes are found, one is left over from an earlier use, and the protective record in
 * LBA 0, whose size is counted in sectors, decides. Without a GPT: 512.
 */
export async function detectSectorSize(size: number, peek: Peek): Promise<SectorSize> {
  const primary512 = await hasSignature(peek, 512, size);
  const primary4096 = await hasSignature(peek, 4096, size);
  if (primary512 && primary4096) return protectiveSectorSize(size, await peek(0, 512)) ?? 512;
  if (primary512) return 512;
  if (primary4096) return 4096;
  const backup512 = await hasSignature(peek, size - 512, size);
  const backup4096 = size % 4096 === 0 && (await hasSignature(peek, size - 4096, size));
  return backup4096 && !backup512 ? 4096 : 512;
}

async function hasSignature(peek: Peek, offset: number, size: number): Promise<boolean> {
  if (offset < 0 || offset + SIGNATURE.length > size) return false;
  return (await peek(offset, SIGNATURE.length))?.equals(SIGNATURE) ?? false;
}

/** Partition record of the MBR: type at byte 4, start at 8, size in sectors at 12. */
function protectiveSectorSize(size: number, bootRecord: Buffer | null): SectorSize | null {
  if (bootRecord?.length !== 512) return null;
  for (let at = 446; at < 510; at += 16) {
    if (bootRecord[at + 4] !== PROTECTIVE) continue;
    const sectors = bootRecord.readUInt32LE(at + 8) + bootRecord.readUInt32LE(at + 12);
    if (sectors * 4096 === size) return 4096;
    if (sectors * 512 === size) return 512;
  }
  return null;
}
