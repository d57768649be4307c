import { ascii, bytes, field, safeNumber, struct, u16, u32, u64, utf8 } from '@diskwright/sdk/struct';
import { bySuperblock } from '../knownFormat';

const MAGIC = '4c554b53babe';
const SECTOR_BYTES = 512;

const first = struct('LUKS1 header', 'LUKS1 On-Disk Format Specification 1.2.3, figure 1', {
  magic: field(bytes(6), 'LUKS and ba be'),
  version: field(u16('big')),
  cipher: field(ascii(32)),
  cipherMode: field(ascii(32)),
  hash: field(ascii(32)),
  payloadOffset: field(u32('big'), 'sectors'),
  keyBytes: field(u32('big')),
  uuid: field(ascii(40), undefined, { at: 168 }),
});

const second = struct('LUKS2 header', 'LUKS2 On-Disk Format Specification 1.1.3, 2.1', {
  magic: field(bytes(6), 'LUKS and ba be'),
  version: field(u16('big')),
  headerBytes: field(u64('big'), 'with the JSON area'),
  sequence: field(u64('big')),
  label: field(utf8(48)),
  checksumAlgorithm: field(ascii(32)),
  salt: field(bytes(64)),
  uuid: field(ascii(40)),
  subsystem: field(utf8(48)),
});

export const luks1 = bySuperblock({
  type: 'crypto_LUKS',
  what: 'an encrypted LUKS volume',
  layout: first,
  magic: 'magic',
  offsets: [0],
  isIts: ({ magic, version }) => magic.toString('hex') === MAGIC && version === 1,
  identity: ({ uuid, cipher, cipherMode, hash, payloadOffset }) => ({
    uuid,
    details: [
      ['version', '1'],
      ['cipher', `${cipher}-${cipherMode}`],
      ['hash', hash],
      ['content begins at', `${payloadOffset * SECTOR_BYTES} bytes`],
    ],
  }),
});

export const luks2 = bySuperblock({
  type: 'crypto_LUKS',
  what: 'an encrypted LUKS volume',
  layout: second,
  magic: 'magic',
  offsets: [0],
  isIts: ({ magic, version }) => magic.toString('hex') === MAGIC && version === 2,
  identity: ({ uuid, label, subsystem, headerBytes }) => ({
    uuid,
    label,
    details: [
      ['version', '2'],
      ['header', `${safeNumber(headerBytes)} bytes`],
      ...(subsystem === '' ? [] : [['subsystem', subsystem] as [string, string]]),
    ],
  }),
});
