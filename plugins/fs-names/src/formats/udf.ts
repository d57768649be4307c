import type { BlockSource } from '@diskwright/sdk/block';
import { ascii, bytes, field, struct, u16, u32, u8 } from '@diskwright/sdk/struct';
import type { Identity, KnownFormat } from '../knownFormat';

/** Where the volume recognition sequence begins. */
const RECOGNITION_OFFSET = 32768;
const RECOGNITION_STEP = 2048;
const MAX_RECOGNITION = 64;
const ANCHOR_BLOCK = 256;
const BLOCK_SIZES = [512, 1024, 2048, 4096];
const TAG = { primary: 1, anchor: 2, logical: 6, terminating: 8 } as const;
const MAX_DESCRIPTORS = 64;

const recognition = struct('UDF volume structure descriptor', 'ECMA-167, 2/9.1', {
  kind: field(u8()),
  id: field(ascii(5), 'BEA01, NSR02, NSR03, TEA01'),
  version: field(u8()),
});

const tag = struct('UDF descriptor tag', 'ECMA-167, 3/7.2', {
  id: field(u16()),
  version: field(u16()),
  checksum: field(u8(), 'of the other bytes of the tag'),
  location: field(u32(), 'block of the descriptor', { at: 12 }),
});

const anchor = struct('UDF anchor volume descriptor pointer', 'ECMA-167, 3/10.2', {
  length: field(u32(), 'bytes of the main sequence', { at: 16 }),
  location: field(u32(), 'its first block'),
});

const primaryVolume = struct('UDF primary volume descriptor', 'ECMA-167, 3/10.1', {
  volumeId: field(bytes(32), undefined, { at: 24 }),
  volumeSetId: field(bytes(128), undefined, { at: 72 }),
});

const logicalVolume = struct('UDF logical volume descriptor', 'ECMA-167, 3/10.6', {
  label: field(bytes(128), undefined, { at: 84 }),
  blockSize: field(u32(), 'bytes'),
});

/** A string of Latin-1 or UTF-16 big endian, its length in the last byte (OSTA UDF 2.60, 2.1.1 and 2.1.3). */
function dstring(raw: Buffer): string {
  const used = raw.subarray(1, Math.max(1, Math.min(raw[raw.length - 1]!, raw.length - 1)));
  const text =
    raw[0] === 16
      ? Buffer.from(used.subarray(0, used.length & ~1))
          .swap16()
          .toString('utf16le')
      : used.toString('latin1');
  return text.replace(/\0.*$/s, '').trimEnd();
}

/**
 * As libblkid makes it of the volume set identifier: its first 16 digits where they are hexadecimal; else the first eight bytes, or four after eight
 * digits, in hexadecimal.
 */
function uuidOf(text: string): string {
  const raw = Buffer.from(text, 'utf8');
  if (raw.length < 8) return '';
  const digits = /^[0-9a-fA-F]*/.exec(text)![0].length;
  if (digits >= 16) return text.slice(0, 16).toLowerCase();
  if (digits >= 8) return text.slice(0, 8).toLowerCase() + raw.toString('hex', 8, 12);
  return raw.toString('hex', 0, 8);
}

async function hasRecognition(source: BlockSource, signal: AbortSignal): Promise<number | null> {
  for (let index = 0; index < MAX_RECOGNITION; index++) {
    const offset = RECOGNITION_OFFSET + index * RECOGNITION_STEP;
    if (offset > source.size - recognition.size) return null;
    const { id } = recognition.read(await source.read(offset, recognition.size, signal));
    if (id === 'NSR02' || id === 'NSR03') return offset;
    if (!['BEA01', 'CD001', 'BOOT2', 'CDW02'].includes(id)) return null;
  }
  return null;
}

/** What the main volume descriptor sequence says; empty where there is no anchor. */
async function identityOf(source: BlockSource, signal: AbortSignal): Promise<Identity> {
  for (const blockSize of BLOCK_SIZES) {
    const read = async (block: number): Promise<Buffer | null> => {
      const offset = block * blockSize;
      if (offset > source.size - 512) return null;
      const descriptor = await source.read(offset, 512, signal);
      return tag.read(descriptor).location === block ? descriptor : null;
    };
    const pointer = await read(ANCHOR_BLOCK);
    if (!pointer || tag.read(pointer).id !== TAG.anchor) continue;
    const { length, location } = anchor.read(pointer);
    const identity: Identity = { blockSize };
    const count = Math.min(Math.floor(length / blockSize), MAX_DESCRIPTORS);
    for (let index = 0; index < count; index++) {
      const descriptor = await read(location + index);
      const id = descriptor ? tag.read(descriptor).id : TAG.terminating;
      if (!descriptor || id === TAG.terminating) break;
      if (id === TAG.primary) identity.uuid ??= uuidOf(dstring(primaryVolume.read(descriptor).volumeSetId));
      if (id === TAG.logical) identity.label ??= dstring(logicalVolume.read(descriptor).label);
    }
    return identity;
  }
  return {};
}

export const udf: KnownFormat = {
  async find(source, signal) {
    const offset = await hasRecognition(source, signal);
    if (offset === null) return null;
    const { label, uuid, ...rest } = await identityOf(source, signal);
    const range = recognition.range('id');
    return {
      type: 'udf',
      what: 'a UDF filesystem',
      ...rest,
      ...(label && { label }),
      ...(uuid && { uuid }),
      superblock: {
        layout: recognition,
        offset,
        length: recognition.size,
        instance: (bytes) => recognition.instance(bytes, 0, offset, 'udf'),
      },
      magic: { offset: offset + range.offset, length: range.length, name: 'UDF volume structure descriptor' },
    };
  },
};
