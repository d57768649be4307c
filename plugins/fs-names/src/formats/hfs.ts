import { array, ascii, bytes, field, nested, struct, u16, u32, u64, u8 } from '@diskwright/sdk/struct';
import { createHash } from 'node:crypto';
import { bySuperblock, type Identity, type Place } from '../knownFormat';

const HEADER_OFFSET = 1024;
const NODE_DESCRIPTOR_BYTES = 14;
/** The parent of the root folder, whose name is the label. */
const ROOT_PARENT = 1;
/** Over these bytes and the eight of the Finder's identifier Mac OS takes the MD5 from which the UUID is made. */
const UUID_NAMESPACE = Buffer.from('b3e20f39f29211d697a400306543ecac', 'hex');

const extent = struct('HFS Plus extent', 'TN1150, HFSPlusExtentDescriptor', {
  start: field(u32('big')),
  blocks: field(u32('big')),
});

const volumeHeader = struct('HFS Plus volume header', 'TN1150, HFSPlusVolumeHeader', {
  signature: field(ascii(2), 'H+, or HX where case counts'),
  version: field(u16('big')),
  blockSize: field(u32('big'), 'bytes', { at: 40 }),
  blocks: field(u32('big'), 'blocks of the volume'),
  freeBlocks: field(u32('big')),
  identifier: field(bytes(8), 'of the volume, by the Finder', { at: 104 }),
  catalogBytes: field(u64('big'), undefined, { at: 272 }),
  catalogExtents: field(array(nested(extent), 8), undefined, { at: 288 }),
});

const nodeDescriptor = struct('HFS Plus B-tree node', 'TN1150, BTNodeDescriptor and BTHeaderRec', {
  kind: field(u8(), undefined, { at: 8 }),
  firstLeaf: field(u32('big'), 'of the header node', { at: NODE_DESCRIPTOR_BYTES + 10 }),
  nodeSize: field(u16('big'), 'bytes', { at: NODE_DESCRIPTOR_BYTES + 18 }),
});

const threadKey = struct('HFS Plus catalog key', 'TN1150, HFSPlusCatalogKey', {
  keyLength: field(u16('big')),
  parent: field(u32('big')),
  nameUnits: field(u16('big'), 'UTF-16 units of the name that follows'),
});

type Header = ReturnType<typeof volumeHeader.read>;

/** A UUID of version 3 (RFC 9562), upper case folded as libblkid writes it. */
function uuidOf(identifier: Buffer): string {
  if (identifier.every((byte) => byte === 0)) return '';
  const digest = createHash('md5').update(UUID_NAMESPACE).update(identifier).digest();
  digest[6] = (digest[6]! & 0x0f) | 0x30;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  return digest.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The name of the root folder, by the first key of the catalog's first leaf; undefined where that cannot be told. */
async function labelOf({ blockSize, catalogExtents }: Header, { source, signal }: Place): Promise<string | undefined> {
  const at = (offset: number): number | null => {
    let before = 0;
    for (const { start, blocks } of catalogExtents) {
      if (offset < before + blocks * blockSize) return start * blockSize + offset - before;
      before += blocks * blockSize;
    }
    return null;
  };
  const read = async (offset: number, length: number): Promise<Buffer | null> => {
    const place = at(offset);
    return place === null || place > source.size - length ? null : source.read(place, length, signal);
  };
  const head = await read(0, nodeDescriptor.size);
  if (!head) return undefined;
  const { firstLeaf, nodeSize } = nodeDescriptor.read(head);
  const leaf = await read(firstLeaf * nodeSize + NODE_DESCRIPTOR_BYTES, Math.max(0, nodeSize - NODE_DESCRIPTOR_BYTES));
  if (!leaf || leaf.length < threadKey.size) return undefined;
  const { parent, nameUnits } = threadKey.read(leaf);
  const end = threadKey.size + nameUnits * 2;
  if (parent !== ROOT_PARENT || nameUnits > 255 || end > leaf.length) return undefined;
  return Buffer.from(leaf.subarray(threadKey.size, end)).swap16().toString('utf16le');
}

export const hfsPlus = bySuperblock({
  type: 'hfsplus',
  what: 'an HFS Plus filesystem',
  layout: volumeHeader,
  magic: 'signature',
  offsets: [HEADER_OFFSET],
  isIts: ({ signature }) => signature === 'H+' || signature === 'HX',
  async identity(header, place): Promise<Identity> {
    const { signature, blockSize, blocks, identifier } = header;
    const label = blockSize >= 512 ? await labelOf(header, place) : undefined;
    const details: [string, string][] = [['kind', signature === 'HX' ? 'HFSX' : 'HFS+']];
    return { uuid: uuidOf(identifier), label, blockSize, size: blockSize * blocks, details };
  },
});

const masterDirectoryBlock = struct('HFS master directory block', 'Inside Macintosh: Files, 2-60', {
  signature: field(ascii(2), 'BD'),
  blocks: field(u16('big'), 'allocation blocks', { at: 18 }),
  blockSize: field(u32('big'), 'bytes'),
  labelLength: field(u8(), undefined, { at: 36 }),
  label: field(bytes(27), 'in Mac OS Roman'),
  identifier: field(bytes(8), 'of the volume, by the Finder', { at: 116 }),
  embeddedSignature: field(ascii(2), 'H+ where it only wraps an HFS Plus volume', { at: 124 }),
});

export const hfs = bySuperblock({
  type: 'hfs',
  what: 'an HFS filesystem',
  layout: masterDirectoryBlock,
  magic: 'signature',
  offsets: [HEADER_OFFSET],
  isIts: ({ signature, blockSize }) => signature === 'BD' && blockSize > 0 && blockSize % 512 === 0,
  identity: ({ labelLength, label, identifier, blockSize, embeddedSignature }) => ({
    uuid: uuidOf(identifier),
    label: label.toString('latin1', 0, Math.min(labelLength, label.length)),
    blockSize,
    ...(embeddedSignature !== '' && { details: [['holds', 'an HFS Plus volume']] }),
  }),
});
