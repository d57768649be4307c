import { checkRange } from '../block/checkRange';
import { DamagedStructureError } from '../errors';
import type { ServedExtent, ServedNode } from '../nbd/index';
import type { ImageRun, RunList } from './imageRun';

/** What a format makes of its tables. */
export interface ImageMap {
  /** Of the disk, bytes. */
  readonly size: number;
  /** Where the bytes from `offset` on are; at least one run, and it may cover fewer bytes than asked, so that one call does not read tables without end. */
  runs(offset: number, length: number, signal: AbortSignal): Promise<RunList>;
}

/** A bound on the runs that one answer about allocation tells. */
const MAX_EXTENTS = 4096;
/** Of the disk, what allocation is told from at a time: a map may have a run for each sector. So many times make the 4 GiB that NBD asks for at most. */
const WINDOW_BYTES = 64 * 1024 * 1024;
const MAX_WINDOWS = 64;
/** The first and last of a read's pieces are read together with others; so many at a time. */
const PIECES_AT_ONCE = 16;

/**
 * Reads a disk by the map of its image: neighbouring blocks with one request, several requests at a time, zeros without any. What is not in the
 * image comes from its parent.
 */
export class MappedImage implements ServedNode {
  readonly size: number;

  constructor(
    private readonly map: ImageMap,
    private readonly parent: ServedNode | null = null,
  ) {
    this.size = map.size;
  }

  async read(offset: number, length: number, signal: AbortSignal): Promise<Buffer> {
    checkRange(offset, length, this.size);
    const pieces: { start: number; run: ImageRun }[] = [];
    for (let at = 0; at < length;) {
      const { runs, covered } = await this.map.runs(offset + at, length - at, signal);
      // A piece that is all there is needs no second buffer.
      if (at === 0 && runs.length === 1 && covered === length) return this.readRun(runs[0]!, offset, signal);
      for (const run of runs) {
        pieces.push({ start: at, run });
        at += run.length;
      }
    }
    const bytes = Buffer.allocUnsafe(length);
    let next = 0;
    const work = async (): Promise<void> => {
      for (let piece = pieces[next++]; piece; piece = pieces[next++]) {
        const { start, run } = piece;
        if (isZeros(run, this.parent)) bytes.fill(0, start, start + run.length);
        else (await this.readRun(run, offset + start, signal)).copy(bytes, start);
      }
    };
    await Promise.all(Array.from({ length: Math.min(PIECES_AT_ONCE, pieces.length) }, work));
    return bytes;
  }

  async extents(offset: number, length: number, signal: AbortSignal): Promise<ServedExtent[]> {
    checkRange(offset, length, this.size);
    const extents: ServedExtent[] = [];
    const end = offset + Math.min(length, MAX_WINDOWS * WINDOW_BYTES);
    for (let at = offset; at < end && extents.length < MAX_EXTENTS;) {
      const wanted = Math.min(WINDOW_BYTES, end - at);
      const told = await this.addExtents(extents, at, wanted, signal);
      at += told;
      // What map or parent did not tell of now is asked for again.
      if (told < wanted) break;
    }
    return extents;
  }

  /** @returns of how many bytes it told */
  private async addExtents(extents: ServedExtent[], offset: number, length: number, signal: AbortSignal): Promise<number> {
    const { runs } = await this.map.runs(offset, length, signal);
    let at = offset;
    for (const run of runs) {
      if (run.kind === 'parent' && this.parent) {
        const told = await this.parentExtents(at, run.length, signal);
        for (const extent of told) append(extents, extent);
        const covered = told.reduce((sum, each) => sum + each.length, 0);
        at += covered;
        if (covered < run.length) break;
      } else {
        const kind = run.kind === 'zero' ? 'zero' : run.kind === 'stored' || run.kind === 'made' ? 'data' : 'hole';
        append(extents, { offset: at, length: run.length, kind });
        at += run.length;
      }
      if (extents.length >= MAX_EXTENTS) break;
    }
    return at - offset;
  }

  /** The bytes of a run that stands at `offset` of the disk. */
  private async readRun(run: ImageRun, offset: number, signal: AbortSignal): Promise<Buffer> {
    switch (run.kind) {
      case 'stored':
        return readStored(run, signal);
      case 'made':
        return run.read(0, run.length, signal);
      case 'parent':
        return this.parent ? readWithin(this.parent, offset, run.length, signal) : Buffer.alloc(run.length);
      default:
        return Buffer.alloc(run.length);
    }
  }

  private async parentExtents(offset: number, length: number, signal: AbortSignal): Promise<readonly ServedExtent[]> {
    const there = Math.max(0, Math.min(length, this.parent!.size - offset));
    if (there === 0) return [{ offset, length, kind: 'hole' }];
    return this.parent!.extents(offset, there, signal);
  }
}

function isZeros(run: ImageRun, parent: ServedNode | null): boolean {
  return run.kind === 'hole' || run.kind === 'zero' || (run.kind === 'parent' && !parent);
}

function append(extents: ServedExtent[], { offset, length, kind }: ServedExtent): void {
  const last = extents.at(-1);
  if (last?.kind === kind) last.length += length;
  else extents.push({ offset, length, kind });
}

async function readStored(
  { source, offset, length, lastIsShort }: Extract<ImageRun, { kind: 'stored' }>,
  signal: AbortSignal,
): Promise<Buffer> {
  const there = Math.min(length, source.size - offset);
  if (there === length) return source.read(offset, length, signal);
  if (there <= 0 || !lastIsShort) {
    throw new DamagedStructureError(
      'image file',
      `the image file ends at byte ${source.size}, before the data that it should have at byte ${Math.max(offset, source.size)}`,
      { todo: 'It may have been copied only in part: compare its size with the original.' },
    );
  }
  return Buffer.concat([await source.read(offset, there, signal), Buffer.alloc(length - there)]);
}

/** Of a parent that may be shorter than the disk: zeros behind its end. */
async function readWithin(parent: ServedNode, offset: number, length: number, signal: AbortSignal): Promise<Buffer> {
  const there = Math.max(0, Math.min(length, parent.size - offset));
  if (there === length) return parent.read(offset, length, signal);
  if (there === 0) return Buffer.alloc(length);
  return Buffer.concat([await parent.read(offset, there, signal), Buffer.alloc(length - there)]);
}
