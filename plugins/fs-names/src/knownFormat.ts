import type { BlockSource } from '@diskwright/sdk/block';
import type { NamedRange, StructureInstance } from '@diskwright/sdk/protocol';
import type { PlacedLayout } from '@diskwright/sdk';
import type { Field, StructLayout, StructValue } from '@diskwright/sdk/struct';

/** What a superblock says of its volume. What a format does not record, or what makes no sense, is absent. */
export interface Identity {
  /** Instead of the format's own, where versions have names of their own. */
  type?: string;
  label?: string;
  /** As libblkid writes it. */
  uuid?: string;
  size?: number;
  blockSize?: number;
  /** More for people to read, in order. */
  details?: [name: string, value: string][];
}

/** The structure by which a volume is known. */
export interface KnownSuperblock extends PlacedLayout {
  length: number;
  instance(bytes: Buffer): StructureInstance;
}

/** A volume of which the name is known. */
export interface KnownVolume extends Identity {
  type: string;
  /** What it is, in words: `an APFS container`. */
  what: string;
  superblock: KnownSuperblock;
  magic: NamedRange;
}

/** A format that is recognised, though not read. */
export interface KnownFormat {
  /** Null when the volume is of another. Reads a few sectors. */
  find(source: BlockSource, signal: AbortSignal): Promise<KnownVolume | null>;
}

/** Where a superblock was found. */
export interface Place {
  source: BlockSource;
  offset: number;
  signal: AbortSignal;
}

/** What is known of a format whose superblock lies at one of a few places. */
export interface SuperblockFormat<F extends { [K in keyof F]: Field<unknown> }> {
  type: string;
  what: string;
  layout: StructLayout<F>;
  /** The field by which it is recognised. */
  magic: keyof F & string;
  /** Where it may lie: from the volume's start or, where negative, from its end. */
  offsets: readonly number[];
  isIts(superblock: StructValue<F>): boolean;
  /** What it says; null when it is of another format after all. */
  identity(superblock: StructValue<F>, place: Place): Identity | null | Promise<Identity | null>;
}

export function bySuperblock<F extends { [K in keyof F]: Field<unknown> }>(format: SuperblockFormat<F>): KnownFormat {
  const { type, what, layout, magic } = format;
  return {
    async find(source, signal) {
      for (const place of format.offsets) {
        const offset = place < 0 ? source.size + place : place;
        if (offset < 0 || offset > source.size - layout.size) continue;
        const superblock = layout.read(await source.read(offset, layout.size, signal));
        if (!format.isIts(superblock)) continue;
        const identity = await format.identity(superblock, { source, offset, signal });
        if (!identity) continue;
        const range = layout.range(magic);
        return {
          type,
          what,
          ...withoutNothing(identity),
          superblock: {
            layout,
            offset,
            length: layout.size,
            instance: (bytes) => layout.instance(bytes, 0, offset, type),
          },
          magic: { offset: offset + range.offset, length: range.length, name: `${layout.name} ${magic}` },
        };
      }
      return null;
    },
  };
}

/** Empty labels, and identifiers of nothing but zeros, are none. */
function withoutNothing({ label, uuid, ...rest }: Identity): Identity {
  return { ...rest, ...(label && { label }), ...(uuid && /[^0-]/.test(uuid) && { uuid }) };
}
