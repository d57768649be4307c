import type { Identity } from '../knownFormat';
import { bySuperblock } from '../knownFormat';
import { ascii, field, hex32, struct, u32 } from '@diskwright/sdk/struct';

/** The name-value list of the first label: XDR, big endian, behind four bytes that say so. */
const LIST_OFFSET = 16384;
const LIST_BYTES = 112 * 1024;
const LIST_HEAD_BYTES = 12;
const TYPE = { uint64: 8, string: 9 } as const;
const MAX_PAIRS = 256;

const list = struct('ZFS label configuration', 'ZFS On-Disk Specification, 1.3.3; OpenZFS, module/nvpair/nvpair.c', {
  encoding: field(hex32('big'), 'XDR: 0x01 in the first byte'),
  version: field(u32('big')),
  flags: field(u32('big')),
  firstSize: field(u32('big'), 'bytes of the first pair'),
  firstDecoded: field(u32('big')),
  firstNameLength: field(u32('big')),
  firstName: field(ascii(7), 'version'),
});

/** The pairs of the list that are numbers or text. */
function pairsOf(raw: Buffer): Map<string, bigint | string> {
  const pairs = new Map<string, bigint | string>();
  let at = LIST_HEAD_BYTES;
  for (let count = 0; count < MAX_PAIRS && at <= raw.length - 12; count++) {
    const bytes = raw.readUInt32BE(at);
    const nameLength = raw.readUInt32BE(at + 8);
    const end = at + bytes;
    const value = at + 12 + Math.ceil(nameLength / 4) * 4;
    if (bytes < 20 || end > raw.length || value > end - 12) break;
    const name = raw.toString('latin1', at + 12, at + 12 + nameLength);
    const type = raw.readUInt32BE(value);
    if (type === TYPE.uint64 && value + 16 <= end) pairs.set(name, raw.readBigUInt64BE(value + 8));
    if (type === TYPE.string) {
      const length = raw.readUInt32BE(value + 8);
      if (value + 12 + length <= end) pairs.set(name, raw.toString('utf8', value + 12, value + 12 + length));
    }
    at = end;
  }
  return pairs;
}

export const zfs = bySuperblock({
  type: 'zfs_member',
  what: 'a device of a ZFS pool',
  layout: list,
  magic: 'firstName',
  offsets: [LIST_OFFSET],
  isIts: ({ encoding, firstName }) => encoding >>> 24 === 1 && firstName === 'version',
  async identity(_, { source, offset, signal }): Promise<Identity> {
    const pairs = pairsOf(await source.read(offset, Math.min(LIST_BYTES, source.size - offset), signal));
    const [name, pool, device] = [pairs.get('name'), pairs.get('pool_guid'), pairs.get('guid')];
    return {
      ...(typeof name === 'string' && { label: name }),
      ...(typeof pool === 'bigint' && { uuid: String(pool) }),
      ...(typeof device === 'bigint' && { details: [['device', String(device)]] }),
    };
  },
});
