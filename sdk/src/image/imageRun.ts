import type { BlockSource } from '../block/index';

/** Where a run of a disk's bytes is to be had. */
export type ImageRun =
  /**
   * As they are, in a file; `offset` there. What lies behind the file's end is missing, but for formats of which programs leave the last block short
   * (`lastIsShort`): what such a block has no bytes for is zeros.
   */
  | { kind: 'stored'; length: number; source: BlockSource; offset: number; lastIsShort?: boolean }
  /** `hole`: not stored, zeros; `zero`: stored, known to be zeros; `parent`: as in the parent, zeros without one or behind its end. */
  | { kind: 'hole' | 'zero' | 'parent'; length: number }
  /** Made of something else, such as a compressed block: bytes `[start, start + length)` of the run. */
  | { kind: 'made'; length: number; read(start: number, length: number, signal: AbortSignal): Promise<Buffer> };

/** Runs in order without gaps, such as neighbours that go on in the same file joined, up to the end of that. */
export class RunList {
  readonly runs: ImageRun[] = [];
  /** Bytes of all runs. */
  covered = 0;

  add(run: ImageRun): void {
    this.covered += run.length;
    const last = this.runs.at(-1);
    if (last && joins(last, run)) last.length += run.length;
    else this.runs.push({ ...run });
  }
}

function joins(last: ImageRun, next: ImageRun): boolean {
  if (last.kind === 'made' || next.kind === 'made') return false;
  if (last.kind !== 'stored' || next.kind !== 'stored') return last.kind === next.kind;
  const goesOn = last.source === next.source && last.offset + last.length === next.offset;
  return goesOn && last.lastIsShort === next.lastIsShort && !isMissing(next);
}

/** All of it is behind the end of its file. Joined with what is before, it would look like a part of the last block. */
function isMissing({ source, offset }: Extract<ImageRun, { kind: 'stored' }>): boolean {
  return offset >= source.size;
}
