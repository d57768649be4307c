import type { IsoVolume } from './volume';

const MBR_SIGNATURE_AT = 510;
const MBR_TABLE_AT = 446;
const GPT_AT = 512;
const APPLE_MAP = 0x4552;

/** Which partition table stands in the system area, for starting from other media than discs; null when there is none. */
export async function hybridKind(volume: IsoVolume, signal: AbortSignal): Promise<string | null> {
  if (volume.source.size < GPT_AT * 2) return null;
  const bytes = await volume.read(0, GPT_AT * 2, signal);
  const hasMbr =
    bytes.readUInt16LE(MBR_SIGNATURE_AT) === 0xaa55 && bytes.subarray(MBR_TABLE_AT, MBR_SIGNATURE_AT).some((byte) => byte !== 0);
  const kinds = [
    ...(hasMbr ? ['MBR'] : []),
    ...(bytes.toString('latin1', GPT_AT, GPT_AT + 8) === 'EFI PART' ? ['GPT'] : []),
    ...(bytes.readUInt16BE(0) === APPLE_MAP ? ['Apple partition map'] : []),
  ];
  return kinds.length > 0 ? kinds.join(', ') : null;
}
