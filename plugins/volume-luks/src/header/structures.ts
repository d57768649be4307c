import { array, ascii, bytes, field, hex32, nested, struct, u16, u32, u64, utf8 } from '@diskwright/sdk/struct';

const LUKS1 = 'LUKS1 On-Disk Format Specification 1.2.3';
const LUKS2 = 'LUKS2 On-Disk Format Specification 1.1.3';

/** "LUKS" and ba be; of the second header of version 2 backwards. */
export const Magic = { first: '4c554b53babe', second: '534b554cbabe' } as const;
export const MAGIC_BYTES = 6;

export const KEY_SLOT_ACTIVE = 0x00ac71f3;

export const keySlot1 = struct('LUKS1 key slot', `${LUKS1}, figure 2`, {
  state: field(hex32('big'), 'whether it is in use', {
    meaning: (value) => ({ 0x00ac71f3: 'in use', 0x0000dead: 'free' })[value],
  }),
  iterations: field(u32('big'), 'of PBKDF2'),
  salt: field(bytes(32)),
  areaOffset: field(u32('big'), 'where its key material begins, sectors'),
  stripes: field(u32('big'), 'into which its key is split'),
});

/** Big endian. */
export const header1 = struct('LUKS1 header', `${LUKS1}, figure 1`, {
  magic: field(bytes(MAGIC_BYTES)),
  version: field(u16('big')),
  cipher: field(ascii(32)),
  cipherMode: field(ascii(32)),
  hash: field(ascii(32)),
  payloadOffset: field(u32('big'), 'where the encrypted data begin, sectors'),
  keyBytes: field(u32('big')),
  digest: field(bytes(20), 'of the volume key'),
  digestSalt: field(bytes(32)),
  digestIterations: field(u32('big')),
  uuid: field(ascii(40)),
  keySlots: field(array(nested(keySlot1), 8)),
});

/** Big endian. The JSON area follows at 4096. */
export const header2 = struct('LUKS2 header', `${LUKS2}, 2.1`, {
  magic: field(bytes(MAGIC_BYTES)),
  version: field(u16('big')),
  headerBytes: field(u64('big'), 'with the JSON area'),
  sequence: field(u64('big'), 'counts the changes'),
  label: field(utf8(48)),
  checksumAlgorithm: field(ascii(32)),
  salt: field(bytes(64)),
  uuid: field(ascii(40)),
  subsystem: field(utf8(48)),
  headerOffset: field(u64('big'), 'where it stands itself'),
  checksum: field(bytes(64), 'of header and JSON area', { at: 448 }),
});
