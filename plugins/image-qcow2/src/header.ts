import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, NotSupportedError } from '@diskwright/sdk/errors';
import { safeNumber } from '@diskwright/sdk/struct';
import { hasBit, Incompatible, requireKnown } from './features';
import { readExtensions } from './headerExtensions';
import { header, headerCompression, headerVersion3, QCOW_MAGIC } from './structures/header';

/** The fixed part of version 2; extensions follow it. */
const HEADER_BYTES_V2 = 72;
const MIN_HEADER_BYTES_V3 = 104;
/** 512 bytes to 2 MiB, as QEMU has it. */
const CLUSTER_BITS = { min: 9, max: 21, minExtended: 14 };
const MAX_NAME_BYTES = 1023;
/** A larger L1 table than QEMU makes or takes. */
const MAX_L1_BYTES = 32 * 1024 * 1024;

/** What the header says, checked. */
export interface QcowHeader {
  version: 2 | 3;
  /** Of the disk, bytes. */
  size: number;
  clusterBytes: number;
  clusterBits: number;
  extendedL2: boolean;
  l1: L1Place;
  snapshots: { count: number; offset: number };
  backing: { path: string; format: string | null } | null;
  /** The file that holds the data; null: this one. */
  dataFile: string | null;
  compression: 'deflate' | 'zstd';
  dirty: boolean;
  corrupt: boolean;
}

/** Where an L1 table stands. */
export interface L1Place {
  offset: number;
  entries: number;
}

export async function isQcow2(file: BlockSource, signal: AbortSignal): Promise<boolean> {
  if (file.size < HEADER_BYTES_V2) return false;
  const start = await file.read(0, 8, signal);
  return start.readUInt32BE(0) === QCOW_MAGIC && [2, 3].includes(start.readUInt32BE(4));
}

/** @throws DamagedStructureError, NotSupportedError naming what is not supported */
export async function readHeader(file: BlockSource, signal: AbortSignal): Promise<QcowHeader> {
  // Header, extensions and the backing file's name lie in the first cluster.
  const start = await file.read(0, Math.min(file.size, 1 << CLUSTER_BITS.max), signal);
  const fields = header.read(start);
  const version = fields.version === 3 ? 3 : 2;
  const later = version === 3 ? headerVersion3.read(start) : null;
  const incompatible = later?.incompatibleFeatures ?? 0n;
  const headerLength = later?.headerLength ?? HEADER_BYTES_V2;
  if (later && (headerLength < MIN_HEADER_BYTES_V3 || headerLength % 8 !== 0 || headerLength > start.length))
    throw damaged(`it says to be ${headerLength} bytes long`);
  const extensions = readExtensions(start, headerLength);
  requireKnown(incompatible, extensions.featureNames);
  if (fields.encryption !== 0) throw encrypted(fields.encryption);
  const extendedL2 = hasBit(incompatible, Incompatible.extendedL2);
  const { clusterBits } = fields;
  const minBits = extendedL2 ? CLUSTER_BITS.minExtended : CLUSTER_BITS.min;
  if (clusterBits < minBits || clusterBits > CLUSTER_BITS.max) throw damaged(`its clusters would have 2^${clusterBits} bytes`);
  const clusterBytes = 1 << clusterBits;
  const size = safeNumber(fields.size);
  if (size === Infinity) throw new NotSupportedError('the disk in the image would be larger than 8 PiB');
  const external = hasBit(incompatible, Incompatible.externalData);
  if (external && extensions.dataFile === null) throw damaged('it has an external data file, but not its name');
  const compressionType =
    hasBit(incompatible, Incompatible.compressionType) && headerLength > MIN_HEADER_BYTES_V3
      ? headerCompression.read(start).compressionType
      : 0;
  if (compressionType > 1)
    throw new NotSupportedError(`the image is compressed by method ${compressionType}, which is not known`);
  const l1 = requireL1({ offset: safeNumber(fields.l1TableOffset), entries: fields.l1Size }, file, clusterBytes);
  return {
    version,
    size,
    clusterBytes,
    clusterBits,
    extendedL2,
    l1,
    snapshots: { count: fields.snapshotCount, offset: safeNumber(fields.snapshotsOffset) },
    backing: backingOf(start, safeNumber(fields.backingFileOffset), fields.backingFileSize, extensions.backingFormat),
    dataFile: external ? extensions.dataFile : null,
    compression: compressionType === 1 ? 'zstd' : 'deflate',
    dirty: hasBit(incompatible, Incompatible.dirty),
    corrupt: hasBit(incompatible, Incompatible.corrupt),
  };
}

/** How many entries an L1 table needs for a disk of this size. */
export function l1EntriesFor(
  size: number,
  { clusterBytes, extendedL2 }: Pick<QcowHeader, 'clusterBytes' | 'extendedL2'>,
): number {
  const l2Entries = clusterBytes / (extendedL2 ? 16 : 8);
  return Math.ceil(Math.ceil(size / clusterBytes) / l2Entries);
}

/** @throws DamagedStructureError for a table that does not lie in the file as it has to */
export function requireL1({ offset, entries }: L1Place, file: BlockSource, clusterBytes: number): L1Place {
  const length = entries * 8;
  if (length > MAX_L1_BYTES) throw damaged(`its L1 table would have ${entries} entries`);
  if (entries > 0 && (offset % clusterBytes !== 0 || offset > file.size - length))
    throw damaged(`its L1 table would lie at byte ${offset}, outside of the file or within a cluster`);
  return { offset, entries };
}

function backingOf(start: Buffer, offset: number, length: number, format: string | null): QcowHeader['backing'] {
  if (offset === 0 || length === 0) return null;
  if (length > MAX_NAME_BYTES || offset > start.length - length)
    throw damaged(`the name of its backing file would have ${length} bytes at byte ${offset}`);
  return { path: start.toString('utf8', offset, offset + length), format };
}

function encrypted(method: number): NotSupportedError {
  const name = { 1: 'AES', 2: 'LUKS' }[method] ?? `method ${method}`;
  return new NotSupportedError(`the image is encrypted (${name})`, {
    todo: 'Encrypted qcow2 images cannot be read here: decrypt a copy with "qemu-img convert".',
  });
}

function damaged(what: string): DamagedStructureError {
  return new DamagedStructureError('qcow2 header', `the qcow2 header is damaged: ${what}`);
}
