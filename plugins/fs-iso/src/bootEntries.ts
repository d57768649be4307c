import { readOrNull } from '@diskwright/sdk/files';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { bootEntry, mediaName, platformName, SECTOR_BYTES, validationEntry } from './structures/volumeDescriptor';
import type { IsoVolume } from './volume';

const ENTRY_BYTES = 32;
const LOADED_SECTOR_BYTES = 512;
const MOST_ENTRIES = 64;
const BOOTABLE = 0x88;
/** Heads of further sections: more follow, or the last. */
const SECTION = { MORE: 0x90, LAST: 0x91 } as const;
const EXTENSION = 0x44;
const FLOPPY_BYTES = [0, 1_228_800, 1_474_560, 2_949_120] as const;

/** What can be booted, as El Torito's catalogue lists it. */
export interface BootImage {
  /** Of the entry in the catalogue. */
  entryOffset: number;
  platform: string;
  media: string;
  isBootable: boolean;
  /** The image as far as its length is known: what is loaded, or the whole floppy that it stands for. */
  range: ByteRange;
}

/** The catalogue: its first entry makes the sum of its words zero. */
export interface BootCatalogue {
  offset: number;
  bytes: Buffer;
  isSumRight: boolean;
  images: BootImage[];
}

/** Null when nothing can be booted, or the catalogue cannot be read. */
export async function readBootCatalogue(volume: IsoVolume, signal: AbortSignal): Promise<BootCatalogue | null> {
  if (volume.bootCatalogue === null) return null;
  const offset = volume.bootCatalogue * SECTOR_BYTES;
  const bytes = await readOrNull(() => volume.read(offset, SECTOR_BYTES, signal));
  if (!bytes || bytes[0] !== 1) return null;
  let sum = 0;
  for (let at = 0; at < validationEntry.size; at += 2) sum = (sum + bytes.readUInt16LE(at)) & 0xffff;
  return { offset, bytes, isSumRight: sum === 0, images: [...imagesIn(bytes, offset)] };
}

function* imagesIn(bytes: Buffer, offset: number): Generator<BootImage, void, undefined> {
  let platform = platformName(bytes[1]!);
  for (let at = ENTRY_BYTES; at < Math.min(bytes.length, (MOST_ENTRIES + 1) * ENTRY_BYTES); at += ENTRY_BYTES) {
    const first = bytes[at]!;
    if (first === SECTION.MORE || first === SECTION.LAST) {
      platform = platformName(bytes[at + 1]!);
      continue;
    }
    if (first === EXTENSION) continue;
    const { indicator, media, sectors, block } = bootEntry.read(bytes, at);
    if (indicator !== BOOTABLE && (indicator !== 0 || block === 0)) return;
    const length = FLOPPY_BYTES[media & 0xf] || Math.max(1, sectors) * LOADED_SECTOR_BYTES;
    yield {
      entryOffset: offset + at,
      platform,
      media: mediaName(media),
      isBootable: indicator === BOOTABLE,
      range: { offset: block * SECTOR_BYTES, length },
    };
  }
}
