import { encodePlacedField, type EncodedField, type FieldEdit } from '@diskwright/sdk';
import { rangesMeet } from '@diskwright/sdk/extents';
import type { ByteRange, StructureInstance } from '@diskwright/sdk/protocol';
import { CHECKSUM_BYTES, isChecksumRight } from './checksum/checksummer';
import { Holds } from './chunks/profiles';
import { extentAt, extentItemsMeeting } from './extents/extentItems';
import { regionsOf, type Region } from './owners/regions';
import { itemLayout, type ItemLayout } from './structures/items';
import { superblock } from './structures/superblock';
import { HEADER_BYTES, ITEM_HEAD_BYTES, treeBlockHeader } from './structures/treeBlock';
import { ObjectId } from './trees/key';
import type { BtrfsVolume } from './volume';
import { orNull } from './trees/orNull';

const LEVEL_AT = treeBlockHeader.range('level').offset;
const COUNT_AT = treeBlockHeader.range('itemsCount').offset;
const TYPE_AT = 8;
const PLACE_AT = 17;

/** Superblocks, tree blocks and what stands in leaves, made as they are asked for; with a range those that meet it. Copies are told where they lie. */
export async function* listStructures(
  volume: BtrfsVolume,
  signal: AbortSignal,
  range: ByteRange = { offset: 0, length: volume.source.size },
): AsyncGenerator<StructureInstance, void, undefined> {
  const trees = await orNull(() => volume.open(signal));
  for (const region of regionsOf(volume, trees?.blocks.chunks ?? null)) {
    signal.throwIfAborted();
    if (!rangesMeet(region, range)) continue;
    const copy = region.kind === 'structure' ? volume.copies.find(({ offset }) => offset === region.offset) : undefined;
    if (copy) yield withChecksum(volume, superblock.instance(copy.bytes, 0, copy.offset, 'btrfs.superblock'), copy.bytes);
    for await (const { offset, bytes } of treeBlocksIn(volume, region, range, signal)) {
      if (rangesMeet({ offset, length: treeBlockHeader.size }, range))
        yield withChecksum(volume, treeBlockHeader.instance(bytes, 0, offset, 'btrfs.treeBlock'), bytes);
      for (const { layout, at } of itemsIn(bytes))
        if (rangesMeet({ offset: offset + at, length: layout.size }, range))
          yield layout.instance(bytes, at, offset + at, 'btrfs.item');
    }
  }
}

/** The bytes of an edited field: of a superblock, a tree block's header or an item. @throws InvalidInputError */
export async function encodeField(volume: BtrfsVolume, edit: FieldEdit, signal: AbortSignal): Promise<EncodedField> {
  const at = edit.structureOffset;
  const placed: { layout: ItemLayout | typeof superblock | typeof treeBlockHeader; offset: number }[] = volume.copies.map(
    ({ offset }) => ({ layout: superblock, offset }),
  );
  const trees = await orNull(() => volume.open(signal));
  const range = { offset: at, length: 1 };
  for (const region of regionsOf(volume, trees?.blocks.chunks ?? null)) {
    if (!rangesMeet(region, range)) continue;
    for await (const { offset, bytes } of treeBlocksIn(volume, region, range, signal)) {
      placed.push({ layout: treeBlockHeader, offset });
      for (const { layout, at: inBlock } of itemsIn(bytes)) placed.push({ layout, offset: offset + inBlock });
    }
  }
  return encodePlacedField(placed, edit);
}

/** The tree blocks of a region that the tree of extents lists. What cannot be read is left out. */
async function* treeBlocksIn(
  volume: BtrfsVolume,
  { chunk: place, offset: start, length }: Region,
  range: ByteRange,
  signal: AbortSignal,
): AsyncGenerator<{ offset: number; bytes: Buffer }, void, undefined> {
  if (!place || (place.chunk.flags & (Holds.METADATA | Holds.SYSTEM)) === 0) return;
  const { blocks } = await volume.open(signal);
  const extents = await orNull(() => volume.tree(ObjectId.EXTENT_TREE, 'tree of extents', signal));
  if (!extents) return;
  const shift = start - place.logical;
  const from = Math.max(start, range.offset);
  const until = Math.min(start + length, range.offset + range.length);
  const wanted = { start: from - shift, end: until - shift };
  for await (const { leaf, first, end } of extentItemsMeeting(blocks, extents, wanted, signal, () => undefined)) {
    for (let index = first; index < end; index++) {
      const extent = extentAt(leaf, index, volume.nodeSize);
      if (!extent?.isTreeBlock) continue;
      const offset = extent.logical + shift;
      const isWanted = rangesMeet({ offset, length: volume.nodeSize }, range) && offset >= start;
      const bytes = isWanted ? await orNull(() => blocks.readBytes(offset, signal)) : null;
      if (bytes) yield { offset, bytes };
    }
  }
}

/** The items of a leaf that are described, ascending. */
function itemsIn(bytes: Buffer): { layout: ItemLayout; at: number }[] {
  if (bytes[LEVEL_AT] !== 0) return [];
  const count = Math.min(bytes.readUInt32LE(COUNT_AT), Math.floor((bytes.length - HEADER_BYTES) / ITEM_HEAD_BYTES));
  const items: { layout: ItemLayout; at: number }[] = [];
  for (let index = 0; index < count; index++) {
    const head = HEADER_BYTES + index * ITEM_HEAD_BYTES;
    const at = HEADER_BYTES + bytes.readUInt32LE(head + PLACE_AT);
    const length = bytes.readUInt32LE(head + PLACE_AT + 4);
    const layout = at + length <= bytes.length ? itemLayout(bytes[head + TYPE_AT]!, bytes.subarray(at, at + length)) : null;
    if (layout) items.push({ layout, at });
  }
  return items.sort((a, b) => a.at - b.at);
}

/** A wrong checksum over all bytes is a finding. */
function withChecksum({ checksummer }: BtrfsVolume, instance: StructureInstance, bytes: Buffer): StructureInstance {
  if (isChecksumRight(checksummer, bytes)) return instance;
  const right = Buffer.from(checksummer.of(bytes.subarray(CHECKSUM_BYTES))).toString('hex');
  instance.findings.push({
    severity: 'error',
    code: 'btrfs.checksum',
    message: `${instance.name}: checksum is not ${right}, which its bytes give`,
    ranges: [{ offset: instance.offset, length: checksummer.size }],
  });
  return instance;
}
