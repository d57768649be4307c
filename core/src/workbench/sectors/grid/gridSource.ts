import type { ByteRange } from '@diskwright/sdk/protocol';
import type { Event } from '../../api/events';
import type { Waiting } from '../data/pageCache';
import type { PartitionPlace } from '../model/offsetFormat';

/** What is known of a byte: not read yet, as on the device, could not be read, or changed and not written. */
export const ByteState = { Loading: 0, Loaded: 1, Unreadable: 2, Modified: 3 } as const;

/**
 * How a range is set off. `field` is tinted by `tone`; `hit` and `currentHit` are framed; `difference` and `modified` are tinted and underlined; `finding`
 * has a wavy line; `bookmark` a mark at its first byte.
 */
export interface Decoration extends ByteRange {
  kind: 'field' | 'currentField' | 'hit' | 'currentHit' | 'difference' | 'finding' | 'bookmark';
  /** Of a field or bookmark: an index into the palette. */
  tone?: number;
}

/** A word on a range, beside the row that the range begins in. */
export interface Note extends ByteRange {
  text: string;
  /** Stands before the text. */
  sign: string;
  /** Of the sign: an index into the palette; null for a finding. */
  tone: number | null;
  /** The cursor is in it. */
  isCurrent: boolean;
}

/** A place marked in the scrollbars. */
export interface Mark extends ByteRange {
  kind: 'partition' | 'structure' | 'bookmark' | 'finding' | 'staged' | 'hit' | 'difference';
  tone?: number;
}

/** Bytes for a grid, with what is to be shown at them. */
export interface GridSource {
  readonly size: number;
  readonly sectorSize: number;
  readonly partitions: readonly PartitionPlace[];
  /** Bytes and {@link ByteState} of a range, from index 0 of both arrays. Reads nothing: see {@link want}. */
  copy(range: ByteRange, bytes: Uint8Array, states: Uint8Array): void;
  /** What is seen now; it and what will be seen next is read. */
  want(visible: ByteRange, bytesPerSecond: number): void;
  readonly waiting: Waiting | null;
  /** Nothing is read since the user cancelled. */
  readonly isPaused: boolean;
  cancel(): void;
  resume(): void;
  /** Why the page of an offset could not be read; null when it was, or was not tried. */
  errorAt(offset: number): string | null;
  decorations(range: ByteRange): readonly Decoration[];
  marks(): readonly Mark[];
  /** What is written beside the rows where there is room: of what begins in a range, by offset. */
  notes(range: ByteRange): readonly Note[];
  /** What is to be said of a byte beyond its value: `field OEM name`. */
  describe(offset: number): string;
  /** Anything above is different now. */
  readonly onDidChange: Event<void>;
}
