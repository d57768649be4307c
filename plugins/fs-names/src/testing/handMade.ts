/** Superblocks of formats that no tool here makes: fields at their offsets, by the formats' descriptions; libblkid judges whether they are right. */

const MIB = 1024 * 1024;

/** Bytes at an offset; from the end where it is negative. */
export type Patch = [offset: number, bytes: Buffer];

const text = (value: string): Buffer => Buffer.from(value, 'latin1');
const hex = (digits: string): Buffer => Buffer.from(digits.replace(/[ -]/g, ''), 'hex');
const ID = hex('0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0');

function big(bytes: 2 | 4 | 8, value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(BigInt(value));
  return buffer.subarray(8 - bytes);
}
const little = (bytes: 2 | 4 | 8, value: number): Buffer => Buffer.from(big(bytes, value)).reverse();

/** A volume header, a catalog of two nodes in one extent, and the key of the root folder's thread. */
function hfsPlus(signature: string, bytes: number): Patch[] {
  const [blockSize, catalogBlock, nodeSize] = [4096, 4, 4096];
  const catalog = catalogBlock * blockSize;
  const name = Buffer.from('Grüße', 'utf16le').swap16();
  return [
    [1024, text(signature)],
    [1026, big(2, signature === 'H+' ? 4 : 5)],
    [1024 + 40, big(4, blockSize)],
    [1024 + 44, big(4, bytes / blockSize)],
    [1024 + 104, hex('0123456789abcdef')],
    [1024 + 272, big(8, 2 * nodeSize)],
    [1024 + 284, big(4, 2)],
    [1024 + 288, Buffer.concat([big(4, catalogBlock), big(4, 2)])],
    // The header node: its kind, the first leaf, the size of nodes.
    [catalog + 8, Buffer.from([1])],
    [catalog + 14 + 6, big(4, 1)],
    [catalog + 14 + 10, big(4, 1)],
    [catalog + 14 + 18, big(2, nodeSize)],
    // The leaf, its first key.
    [catalog + nodeSize + 8, Buffer.from([0xff, 1])],
    [catalog + nodeSize + 10, big(2, 1)],
    [catalog + nodeSize + 14, Buffer.concat([big(2, 6 + name.length), big(4, 1), big(2, name.length / 2), name])],
  ];
}

/** A pair of a name-value list in XDR. */
function pair(name: string, value: number | string): Buffer {
  const padded = (raw: Buffer): Buffer => Buffer.concat([raw, Buffer.alloc((4 - (raw.length % 4)) % 4)]);
  const content =
    typeof value === 'number'
      ? Buffer.concat([big(4, 8), big(4, 1), big(8, value)])
      : Buffer.concat([big(4, 9), big(4, 1), big(4, value.length), padded(text(value))]);
  const body = Buffer.concat([big(4, name.length), padded(text(name)), content]);
  return Buffer.concat([big(4, body.length + 8), big(4, body.length + 8), body]);
}

function zfs(): Patch[] {
  const list = Buffer.concat([
    hex('01010000 00000000 00000001'),
    pair('version', 5000),
    pair('name', 'tank'),
    pair('state', 0),
    pair('pool_guid', 0x1234567890abc),
    pair('guid', 0xabcdef),
    Buffer.alloc(8),
  ]);
  // libblkid wants to see at least four uberblocks.
  const uberblocks = [0, 1, 2, 3, 4, 5].map((index): Patch => [128 * 1024 + index * 1024, little(8, 0x00bab10c)]);
  return [[16384, list], ...uberblocks];
}

function mdVersion1(place: number, sector: number): Patch[] {
  return [
    [place, Buffer.concat([hex('fc4e2ba9'), little(4, 1)])],
    [place + 16, ID],
    [place + 32, text('host:array')],
    [place + 72, little(4, 1)],
    [place + 92, little(4, 2)],
    [place + 144, little(8, sector)],
  ];
}

/** libblkid of today wants more of it than its description says. */
export const bcachefsWith = (magic: string): Patch[] => [
  [4096 + 24, hex(magic)],
  [4096 + 40, Buffer.alloc(16, 7)],
  [4096 + 56, ID],
  [4096 + 72, text('label')],
  [4096 + 104, little(8, 8)],
  [4096 + 120, little(2, 8)],
];

/** By name: patches on so many bytes of zeros. */
export const handMade = (bytes: number): Record<string, Patch[]> => ({
  APFS: [
    [8, little(8, 1)],
    [24, Buffer.concat([little(2, 1), hex('0080')])],
    [32, Buffer.concat([text('NXSB'), little(4, 4096), little(8, 4096)])],
    [72, ID],
  ],
  BitLocker: [
    [0, Buffer.concat([hex('eb5890'), text('-FVE-FS-'), little(2, 512)])],
    [176, little(8, MIB)],
    [MIB, Buffer.concat([text('-FVE-FS-'), little(2, 64), little(2, 2)])],
  ],
  'BitLocker To Go': [
    [0, Buffer.concat([hex('eb5890'), text('MSWIN4.1'), little(2, 512)])],
    [424, hex('3bd66749292ed84a8399f6a339e3d001')],
    [440, little(8, MIB)],
    [MIB, Buffer.concat([text('-FVE-FS-'), little(2, 64), little(2, 2)])],
  ],
  'HFS+': hfsPlus('H+', bytes),
  HFSX: hfsPlus('HX', bytes),
  ReFS: [[3, text('ReFS\0\0\0\0')]],
  VMFS: [[2 * MIB, Buffer.concat([hex('5ef1ab2f'), little(4, 3), Buffer.from([14]), ID, little(4, 2), text('datastore1')])]],
  'a VMFS member': [
    [MIB, Buffer.concat([hex('0dd001c0'), little(4, 3)])],
    [MIB + 130, ID],
  ],
  ZFS: zfs(),
  'md 1.0': mdVersion1(-8192, (bytes - 8192) / 512),
  'md 1.1': mdVersion1(0, 0),
  'md 1.2': mdVersion1(4096, 8),
  'md 0.90': [
    [-65536, Buffer.concat([hex('fc4e2ba9'), little(4, 0), little(4, 90)])],
    [-65536 + 20, Buffer.from(hex('3c2d1e0f'))],
    [-65536 + 52, Buffer.concat([little(4, 0x4b5a4978), little(4, 0x8796a5b4), little(4, 0x12345678)])],
  ],
  'Intel RAID': [[-1024, text('Intel Raid ISM Cfg Sig. 1.1.00')]],
});
