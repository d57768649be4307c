import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { Endianness } from '@diskwright/sdk/struct';
import { mdChecksum } from './checksum';
import { DescriptorState, MAGIC, StateBit, SUPERBLOCK0_BYTES, superblocks0 } from './structures';
import type { DeviceRole, Superblock } from './superblock';

/** This much at the end is the superblock's, from a multiple of it on. */
export const RESERVED_BYTES = 65536;

/**
 * @param bytes from `offset` of the device on
 * @returns null when none stands there @throws DamagedStructureError for one that makes no sense
 */
export function parseVersion0(bytes: Buffer, offset: number): Superblock | null {
  const endianness = (
    [
      ['little', bytes.readUInt32LE(0)],
      ['big', bytes.readUInt32BE(0)],
    ] as const
  ).find(([, magic]) => magic === MAGIC)?.[0];
  if (!endianness) return null;
  const layout = superblocks0[endianness];
  const read = layout.read(bytes);
  if (read.majorVersion !== 0) return null;
  if (!isSound(bytes, read.checksum, layout.range('checksum').offset, endianness)) throw damaged(offset, 'its checksum is wrong');
  const { descriptors, own, state } = read;
  if (read.raidDisks > descriptors.length) throw damaged(offset, `it would be of an array of ${read.raidDisks} devices`);
  return {
    version: '0.90',
    offset,
    setUuid: dashed([read.uuid0, read.uuid1, read.uuid2, read.uuid3]),
    setName: '',
    created: read.created,
    updated: read.updated,
    level: read.level,
    layout: read.layout,
    chunkBytes: read.chunkBytes,
    sizeBytes: read.sizeKibibytes * 1024,
    raidDisks: read.raidDisks,
    events: read.events,
    number: own.number,
    deviceUuid: null,
    roleOf: (number) => (descriptors[number] ? roleFrom(descriptors[number].state, descriptors[number].position) : 'spare'),
    writeMostly: (own.state & DescriptorState.writeMostly) !== 0,
    dataOffset: 0,
    dataBytes: offset,
    recoveredBytes: null,
    clean: (state & StateBit.clean) !== 0,
    replacement: false,
    bitmapOffset: (state & StateBit.bitmap) !== 0 ? offset + SUPERBLOCK0_BYTES : null,
    badBlockLog: null,
    unread: read.minorVersion === 90 ? null : 'it is being reshaped: part of the data lie as before, part as after',
  };
}

function isSound(bytes: Buffer, checksum: number, checksumOffset: number, endianness: Endianness): boolean {
  return mdChecksum(bytes.subarray(0, SUPERBLOCK0_BYTES), checksumOffset, endianness) === checksum;
}

function roleFrom(state: number, position: number): DeviceRole {
  if ((state & DescriptorState.faulty) !== 0) return 'faulty';
  return (state & DescriptorState.inSync) !== 0 ? position : 'spare';
}

/** The UUID as libblkid writes it. */
function dashed(words: readonly number[]): string {
  const digits = words.map((word) => word.toString(16).padStart(8, '0')).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function damaged(offset: number, what: string): DamagedStructureError {
  return new DamagedStructureError('md superblock', `the md superblock at byte ${offset} is damaged: ${what}`, {
    offset,
    length: SUPERBLOCK0_BYTES,
  });
}
