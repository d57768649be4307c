import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, NotSupportedError } from '@diskwright/sdk/errors';
import { crc32, safeNumber } from '@diskwright/sdk/struct';
import { Bitmap, BITMAP_END, Checksum, headerV1, headerV2 } from './structures';

const MAGIC = 'partclone-image';
const VERSION_AT = 30;
const LITTLE_ENDIAN = 0xc0de;
/** That of a sector: no filesystem has smaller ones. */
const MIN_BLOCK_BYTES = 512;
const MAX_BLOCK_BYTES = 64 * 1024 * 1024;
/** The map of these has 1 GiB as bits, which is read once. */
const MAX_BLOCKS = 2 ** 33;
const CHECKSUM_BYTES = 4;

/** What a header says, checked; bytes. */
export interface PartcloneHeader {
  version: 1 | 2;
  filesystem: string;
  program: string;
  size: number;
  blockBytes: number;
  blocks: number;
  bitmap: { offset: number; mode: 'none' | 'bits' | 'bytes'; length: number };
  /** Where the first stored block begins. */
  dataOffset: number;
  checksums: { mode: 'none' | 'crc32' | 'firstByte' | 'unknown'; bytes: number; blocks: number; reseeded: boolean };
}

/** CRC-32 as Partclone has it: not inverted at the end. */
export function partcloneCrc(bytes: Buffer, start = 0xffff_ffff): number {
  return ~crc32(bytes, ~start >>> 0) >>> 0;
}

export async function isPartclone(file: BlockSource, signal: AbortSignal): Promise<boolean> {
  return file.size >= headerV2.size && (await file.read(0, MAGIC.length, signal)).toString('latin1') === MAGIC;
}

/** @throws DamagedStructureError, NotSupportedError */
export async function readHeader(file: BlockSource, signal: AbortSignal): Promise<PartcloneHeader> {
  const bytes = await file.read(0, Math.min(headerV1.size, file.size), signal);
  const version = bytes.toString('latin1', VERSION_AT, VERSION_AT + 4);
  const header = version === '0001' ? readV1(bytes) : version === '0002' ? readV2(bytes) : null;
  if (!header)
    throw new NotSupportedError(`the Partclone image is of version ${JSON.stringify(version)}, which is not known here`);
  const { blockBytes, blocks, size, dataOffset } = header;
  if (blockBytes < MIN_BLOCK_BYTES || blockBytes > MAX_BLOCK_BYTES) throw damaged(`its blocks would have ${blockBytes} bytes`);
  if (blocks > MAX_BLOCKS) throw new NotSupportedError(`the volume has ${blocks} blocks, which are too many`);
  if (blocks * blockBytes > size + blockBytes) throw damaged(`${blocks} blocks do not fit a volume of ${size} bytes`);
  if (size === Infinity) throw new NotSupportedError('the volume in the image would be larger than 8 PiB');
  if (dataOffset > file.size) throw damaged('its map of blocks would lie outside of the file');
  return header;
}

export function damaged(what: string): DamagedStructureError {
  return new DamagedStructureError('Partclone image', `the Partclone image is damaged: ${what}`);
}

function readV2(bytes: Buffer): PartcloneHeader {
  const fields = headerV2.read(bytes);
  if (fields.endianness !== LITTLE_ENDIAN)
    throw new NotSupportedError('the Partclone image was made on a machine of another byte order');
  if (fields.checksum !== partcloneCrc(bytes.subarray(0, headerV2.size - CHECKSUM_BYTES)))
    throw damaged('its header is not whole');
  const mode = Object.entries(Bitmap).find(([, value]) => value === fields.bitmapMode)?.[0] as keyof typeof Bitmap | undefined;
  if (!mode) throw new NotSupportedError(`the Partclone image has a map of blocks of the kind ${fields.bitmapMode}`);
  const blocks = safeNumber(fields.blocks);
  const length = mode === 'none' ? 0 : mode === 'bits' ? Math.ceil(blocks / 8) : blocks;
  const behind = mode === 'none' ? 0 : mode === 'bits' ? CHECKSUM_BYTES : BITMAP_END.length;
  const { checksumMode, checksumBytes, blocksPerChecksum } = fields;
  const hasChecksums = checksumMode !== Checksum.none && checksumBytes > 0;
  if (hasChecksums && blocksPerChecksum === 0) throw damaged('it has checksums of no blocks');
  if (hasChecksums && checksumMode === Checksum.crc32 && checksumBytes !== CHECKSUM_BYTES)
    throw damaged(`its checksums, CRC-32, would have ${checksumBytes} bytes`);
  return {
    version: 2,
    filesystem: fields.filesystem,
    program: fields.program,
    size: safeNumber(fields.size),
    blockBytes: fields.blockBytes,
    blocks,
    bitmap: { offset: headerV2.size, mode, length },
    dataOffset: headerV2.size + length + behind,
    checksums: {
      mode: !hasChecksums ? 'none' : checksumMode === Checksum.crc32 ? 'crc32' : 'unknown',
      bytes: hasChecksums ? checksumBytes : 0,
      blocks: hasChecksums ? blocksPerChecksum : 1,
      reseeded: fields.reseeded !== 0,
    },
  };
}

function readV1(bytes: Buffer): PartcloneHeader {
  const fields = headerV1.read(bytes);
  const blocks = safeNumber(fields.blocks);
  return {
    version: 1,
    filesystem: fields.filesystem,
    program: '',
    size: safeNumber(fields.size),
    blockBytes: fields.blockBytes,
    blocks,
    bitmap: { offset: headerV1.size, mode: 'bytes', length: blocks },
    dataOffset: headerV1.size + blocks + BITMAP_END.length,
    checksums: { mode: 'firstByte', bytes: CHECKSUM_BYTES, blocks: 1, reseeded: false },
  };
}
