import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, NotSupportedError } from '@diskwright/sdk/errors';
import { safeNumber } from '@diskwright/sdk/struct';
import { dynamicHeader, footer } from './structures';

const FOOTER_BYTES = footer.size;
const COOKIE = 'conectix';
const DYNAMIC_COOKIE = 'cxsparse';
const FOOTER_CHECKSUM_AT = 64;
const DYNAMIC_CHECKSUM_AT = 36;
const MIN_BLOCK_BYTES = 4096;
const MAX_BLOCK_BYTES = 256 * 1024 * 1024;

export type VhdKind = 'fixed' | 'dynamic' | 'differencing';
const KINDS: Readonly<Record<number, VhdKind>> = { 2: 'fixed', 3: 'dynamic', 4: 'differencing' };

/** What footer and dynamic header say, checked. */
export interface VhdHeader {
  kind: VhdKind;
  /** Of the disk, bytes. */
  size: number;
  id: string;
  creator: string;
  /** The footer at the end is missing or damaged, and the copy at the beginning stands in for it. */
  endLost: boolean;
  /** Null of a fixed disk. */
  blocks: VhdBlocks | null;
}

export interface VhdBlocks {
  blockBytes: number;
  tableOffset: number;
  entries: number;
  parentId: string;
  /** Parent's name and locators are in here. */
  header: Buffer;
}

export async function isVhd(file: BlockSource, signal: AbortSignal): Promise<boolean> {
  return (await findFooter(file, signal)) !== null;
}

/** @throws DamagedStructureError, NotSupportedError */
export async function readHeader(file: BlockSource, signal: AbortSignal): Promise<VhdHeader> {
  const found = await findFooter(file, signal);
  if (!found) throw damaged('neither of its footers is whole');
  const { fields, endLost } = found;
  const kind = KINDS[fields.type];
  if (!kind) throw new NotSupportedError(`the VHD image is of the kind ${fields.type}, which is not known`);
  const size = safeNumber(fields.size);
  if (size === Infinity) throw new NotSupportedError('the disk in the image would be larger than 8 PiB');
  if (kind === 'fixed' && size > file.size - FOOTER_BYTES)
    throw damaged(`a disk of ${size} bytes cannot lie in a file of ${file.size}`);
  const blocks = kind === 'fixed' ? null : await readBlocks(file, safeNumber(fields.headerOffset), size, signal);
  return { kind, size, id: fields.id, creator: fields.creator, endLost, blocks };
}

async function findFooter(file: BlockSource, signal: AbortSignal) {
  if (file.size < FOOTER_BYTES) return null;
  const [end, start] = await Promise.all([
    file.read(file.size - FOOTER_BYTES, FOOTER_BYTES, signal),
    file.read(0, FOOTER_BYTES, signal),
  ]);
  for (const bytes of [end, start]) {
    const fields = footer.read(bytes);
    if (fields.cookie === COOKIE && fields.checksum === checksum(bytes, FOOTER_CHECKSUM_AT))
      return { fields, endLost: bytes === start };
  }
  return null;
}

async function readBlocks(file: BlockSource, offset: number, size: number, signal: AbortSignal): Promise<VhdBlocks> {
  if (offset > file.size - dynamicHeader.size) throw damaged('its dynamic header would lie outside of the file');
  const header = await file.read(offset, dynamicHeader.size, signal);
  const { cookie, checksum: sum, blockBytes, entries, tableOffset: table, parentId } = dynamicHeader.read(header);
  if (cookie !== DYNAMIC_COOKIE || sum !== checksum(header, DYNAMIC_CHECKSUM_AT))
    throw damaged('its dynamic header is not whole');
  if (blockBytes < MIN_BLOCK_BYTES || blockBytes > MAX_BLOCK_BYTES || (blockBytes & (blockBytes - 1)) !== 0)
    throw damaged(`its blocks would have ${blockBytes} bytes`);
  if (entries < Math.ceil(size / blockBytes)) throw damaged(`${entries} blocks are too few for a disk of ${size} bytes`);
  const tableOffset = safeNumber(table);
  if (tableOffset > file.size - entries * 4) throw damaged('its block allocation table would lie outside of the file');
  return { blockBytes, tableOffset, entries, parentId, header };
}

/** The ones complement of the sum of all bytes but the four of the checksum itself. */
export function checksum(bytes: Buffer, at: number): number {
  let sum = 0;
  for (let index = 0; index < bytes.length; index++) if (index < at || index >= at + 4) sum += bytes[index]!;
  return ~sum >>> 0;
}

export function damaged(what: string): DamagedStructureError {
  return new DamagedStructureError('VHD footer', `the VHD image is damaged: ${what}`);
}
