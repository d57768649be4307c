import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, NotSupportedError } from '@diskwright/sdk/errors';
import { bytes, field, hex32, safeNumber, struct, u32, u64 } from '@diskwright/sdk/struct';

const MAGIC = 0xbeda107f;
const DYNAMIC = 1;
const FIXED = 2;
const MIN_BLOCK_BYTES = 4096;
const MAX_BLOCK_BYTES = 256 * 1024 * 1024;

/** All versions 1.x. Little endian. */
export const header = struct('VDI header', 'VirtualBox, src/VBox/Storage/VDICore.h; QEMU, block/vdi.c', {
  text: field(bytes(64), 'the name of the program that made it'),
  magic: field(hex32(), '0xbeda107f'),
  version: field(hex32(), '0x00010001'),
  headerBytes: field(u32()),
  type: field(u32(), '1 dynamic, 2 fixed, 3 undo, 4 differencing', {
    meaning: (value) => ({ 1: 'dynamic', 2: 'fixed', 3: 'undo', 4: 'differencing' })[value],
  }),
  flags: field(hex32()),
  blockMapOffset: field(u32(), 'where the block map stands', { at: 0x154 }),
  dataOffset: field(u32(), 'where the blocks begin'),
  sectorBytes: field(u32(), undefined, { at: 0x168 }),
  size: field(u64(), 'bytes of the disk', { at: 0x170 }),
  blockBytes: field(u32(), 'bytes a block'),
  blockExtraBytes: field(u32(), 'bytes in front of the data of each block'),
  blockCount: field(u32(), 'blocks of the disk'),
  allocatedCount: field(u32(), 'blocks that are stored'),
});

/** What the header says, checked. */
export interface VdiHeader {
  /** Of the disk, bytes. */
  size: number;
  fixed: boolean;
  blockBytes: number;
  blockExtraBytes: number;
  blockMapOffset: number;
  blockCount: number;
  allocatedCount: number;
  dataOffset: number;
}

export async function isVdi(file: BlockSource, signal: AbortSignal): Promise<boolean> {
  if (file.size < header.size) return false;
  return header.read(await file.read(0, header.size, signal)).magic === MAGIC;
}

/** @throws DamagedStructureError, NotSupportedError */
export async function readHeader(file: BlockSource, signal: AbortSignal): Promise<VdiHeader> {
  const fields = header.read(await file.read(0, header.size, signal));
  if (fields.version >>> 16 !== 1) {
    throw new NotSupportedError(`the VDI image is of version ${fields.version >>> 16}.${fields.version & 0xffff}`, {
      todo: 'Convert it to version 1.1 with "VBoxManage clonemedium".',
    });
  }
  if (fields.type !== DYNAMIC && fields.type !== FIXED) {
    throw new NotSupportedError('the VDI image holds only what differs from another one, which it names by an identifier alone', {
      todo: 'Convert the disk with its parents: VBoxManage clonemedium.',
    });
  }
  const size = safeNumber(fields.size);
  const { blockBytes, blockExtraBytes, blockMapOffset, blockCount, allocatedCount, dataOffset } = fields;
  if (size === Infinity) throw new NotSupportedError('the disk in the image would be larger than 8 PiB');
  if (blockBytes < MIN_BLOCK_BYTES || blockBytes > MAX_BLOCK_BYTES || (blockBytes & (blockBytes - 1)) !== 0)
    throw damaged(`its blocks would have ${blockBytes} bytes`);
  if (blockExtraBytes > blockBytes) throw damaged(`each of its blocks would have ${blockExtraBytes} bytes more`);
  if (blockCount < Math.ceil(size / blockBytes)) throw damaged(`${blockCount} blocks are too few for a disk of ${size} bytes`);
  if (blockMapOffset > file.size - blockCount * 4) throw damaged('its block map would lie outside of the file');
  return {
    size,
    fixed: fields.type === FIXED,
    blockBytes,
    blockExtraBytes,
    blockMapOffset,
    blockCount,
    allocatedCount,
    dataOffset,
  };
}

export function damaged(what: string): DamagedStructureError {
  return new DamagedStructureError('VDI header', `the VDI image is damaged: ${what}`);
}
