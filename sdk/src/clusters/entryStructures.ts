import type { BlockSource } from '../block/index';
import { type ExtentList, rangesMeet } from '../extents/index';
import type { ByteRange, StructureInstance } from '../protocol/types';
import type { EditableLayout, FieldEdit, PlacedLayout } from '../provider/index';

/** Of FAT and exFAT alike. */
const ENTRY_BYTES = 32;
/** Read at once. */
const PIECE_BYTES = 64 * 1024;

/** What is used of an entry's description, whatever its fields. */
export interface EntryLayout extends EditableLayout {
  instance(buffer: Buffer, offset: number, base: number, code: string): StructureInstance;
}

/** Tells the entries of directories from each other. */
export interface DirectoryEntryKinds {
  /** The prefix of findings' codes. */
  code: string;
  /** The description of an entry by its 32 bytes; null where there is none. */
  layoutOf(bytes: Buffer): EntryLayout | null;
}

/** The entries of directories, ascending, deleted ones too; with a range those that meet it. */
export async function* entryStructures(
  source: BlockSource,
  directories: ExtentList,
  { code, layoutOf }: DirectoryEntryKinds,
  signal: AbortSignal,
  range: ByteRange = { offset: 0, length: source.size },
): AsyncGenerator<StructureInstance, void, undefined> {
  for (const { offset, length } of directories) {
    if (!rangesMeet({ offset, length }, range)) continue;
    for (let done = 0; done < length; done += PIECE_BYTES) {
      const piece = { offset: offset + done, length: Math.min(PIECE_BYTES, length - done) };
      if (!rangesMeet(piece, range)) continue;
      const bytes = await source.read(piece.offset, piece.length, signal);
      for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
        const place = { offset: piece.offset + at, length: ENTRY_BYTES };
        const layout = rangesMeet(place, range) ? layoutOf(bytes.subarray(at, at + ENTRY_BYTES)) : null;
        if (layout) yield layout.instance(bytes, at, place.offset, code);
      }
    }
  }
}

/** The entry that an edit is about, among those that may lie in `within`; nothing where there can be none. */
export async function editableEntry(
  source: BlockSource,
  within: ByteRange,
  { layoutOf }: DirectoryEntryKinds,
  { structureOffset: offset }: FieldEdit,
  signal: AbortSignal,
): Promise<PlacedLayout[]> {
  const end = Math.min(within.offset + within.length, source.size);
  const isPlace = offset >= within.offset && offset % ENTRY_BYTES === 0 && offset <= end - ENTRY_BYTES;
  const layout = isPlace ? layoutOf(await source.read(offset, ENTRY_BYTES, signal)) : null;
  return layout ? [{ layout, offset }] : [];
}
