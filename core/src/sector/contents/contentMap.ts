import { DamagedStructureError, InvalidInputError } from '@diskwright/sdk/errors';
import type { ContentSegment } from '@diskwright/sdk/protocol';
import { createHash } from 'node:crypto';

/** Where the bytes of a run of a content are. `volume` and `inline` have a position there; `served` bytes stand where they stand in the content. */
export interface ContentRun {
  kind: 'volume' | 'inline' | 'zeros' | 'served';
  offset: number;
  length: number;
  position: number;
}

/** As many as an extent list may have. */
const MAX_SEGMENTS = 16 * 1024 * 1024;
const MAX_INLINE_BYTES = 64 * 1024 * 1024;

const ZEROS = -1;
const SERVED = -2;
/** Inline bytes at a position p are kept as `FIRST_INLINE - p`. */
const FIRST_INLINE = -3;

/** Where the bytes of a file are: sixteen bytes of memory a segment, so that a fragmented image of a terabyte is of no concern. */
export class ContentMap {
  private constructor(
    readonly size: number,
    private readonly ends: Float64Array,
    private readonly positions: Float64Array,
    /** Inline bytes of all segments. */
    readonly inline: Buffer,
    readonly hasServed: boolean,
  ) {}

  /** @throws as {@link ContentMapBuilder} does */
  static builder(volumeBytes: number): ContentMapBuilder {
    return new ContentMapBuilder(
      volumeBytes,
      (size, ends, positions, inline, hasServed) => new ContentMap(size, ends, positions, inline, hasServed),
    );
  }

  get segmentCount(): number {
    return this.ends.length;
  }

  /** The runs of a range inside of the content, in order. */
  *runs(offset: number, length: number): Generator<ContentRun, void, undefined> {
    const end = offset + length;
    for (let index = this.indexAt(offset), at = offset; at < end; index++) {
      const start = index === 0 ? 0 : this.ends[index - 1]!;
      const stop = Math.min(end, this.ends[index]!);
      yield { offset: at, length: stop - at, ...placeOf(this.positions[index]!, at, at - start) };
      at = stop;
    }
  }

  /** Tells the content from another one of the same volume. */
  digest(): string {
    const hash = createHash('sha256');
    for (const array of [this.ends, this.positions]) hash.update(Buffer.from(array.buffer, array.byteOffset, array.byteLength));
    return hash.update(this.inline).digest('hex');
  }

  /** The segment in which `offset` lies. */
  private indexAt(offset: number): number {
    let low = 0;
    let high = this.ends.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ends[middle]! > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

type Make = (size: number, ends: Float64Array, positions: Float64Array, inline: Buffer, hasServed: boolean) => ContentMap;

/** Takes segments in the order of the content. */
export class ContentMapBuilder {
  private ends = new Float64Array(16);
  private positions = new Float64Array(16);
  private count = 0;
  private size = 0;
  private inline: Buffer[] = [];
  private inlineBytes = 0;
  private hasServed = false;

  constructor(
    private readonly volumeBytes: number,
    private readonly make: Make,
  ) {}

  /** @throws DamagedStructureError for an extent outside of the volume, InvalidInputError for too many segments or inline bytes */
  add(segment: ContentSegment): void {
    switch (segment.kind) {
      case 'extent': {
        const { offset, length } = segment;
        if (offset > this.volumeBytes || length > this.volumeBytes - offset) {
          throw new DamagedStructureError('file', `its content would lie at ${offset}, ${length} bytes, outside of its volume`);
        }
        return this.append(offset, length);
      }
      case 'zeros':
        return this.append(ZEROS, segment.length);
      case 'served':
        this.hasServed = true;
        return this.append(SERVED, segment.length);
      case 'inline': {
        const bytes = Buffer.from(segment.bytes, 'base64');
        this.append(FIRST_INLINE - this.inlineBytes, bytes.length);
        this.inline.push(bytes);
        this.inlineBytes += bytes.length;
        if (this.inlineBytes > MAX_INLINE_BYTES) throw new InvalidInputError('a file has more bytes inline than can be kept');
      }
    }
  }

  /** @throws DamagedStructureError when the segments are longer than the content; where they are shorter, zeros follow */
  build(size: number): ContentMap {
    if (this.size > size)
      throw new DamagedStructureError('file', `a file of ${size} bytes has a content of ${this.size} bytes or more`);
    this.append(ZEROS, size - this.size);
    const { count } = this;
    return this.make(size, this.ends.slice(0, count), this.positions.slice(0, count), Buffer.concat(this.inline), this.hasServed);
  }

  private append(position: number, length: number): void {
    if (length === 0) return;
    if (length > Number.MAX_SAFE_INTEGER - this.size) throw new DamagedStructureError('file', 'its content is larger than 8 PiB');
    const { count } = this;
    const start = this.size;
    this.size += length;
    if (count > 0 && continues(this.positions[count - 1]!, start - (count > 1 ? this.ends[count - 2]! : 0), position)) {
      this.ends[count - 1] = this.size;
      return;
    }
    if (count === MAX_SEGMENTS) throw new InvalidInputError(`a file has more than ${MAX_SEGMENTS} segments`);
    if (count === this.ends.length) {
      this.ends = grown(this.ends);
      this.positions = grown(this.positions);
    }
    this.ends[count] = this.size;
    this.positions[count] = position;
    this.count++;
  }
}

function placeOf(position: number, offset: number, within: number): Pick<ContentRun, 'kind' | 'position'> {
  if (position >= 0) return { kind: 'volume', position: position + within };
  if (position === ZEROS) return { kind: 'zeros', position: 0 };
  if (position === SERVED) return { kind: 'served', position: offset };
  return { kind: 'inline', position: FIRST_INLINE - position + within };
}

/** Whether a segment at `next` goes on where one at `last`, of so many bytes, ends. */
function continues(last: number, length: number, next: number): boolean {
  if (last >= 0) return next === last + length;
  return last > FIRST_INLINE ? next === last : next === last - length;
}

function grown(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
}
