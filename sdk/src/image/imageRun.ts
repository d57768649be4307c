import type { BlockSource } from '../block/index';

/** Where a run of a disk's bytes is to be had. */
export type ImageRun =
  /** As they are, in a file; `offset` there. What lies behind the file's end in its last block reads as zeros. */
  | { kind: 'stored'; length: number; source: BlockSource; offset: number }
  /** `hole`: not stored, zeros; `zero`: stored, known to be zeros; `parent`: as in the parent, zeros without one or behind its end. */
  | { kind: 'hole' | 'zero' | 'parent'; length: number }
  /** Made of something else, such as a compressed block: bytes `[start, start + length)` of the run. */
  | { kind: 'made'; length: number; read(start: number, length: number, signal: AbortSignal): Promise<Buffer> };

/** Runs in order without gaps, such as neighbours that go on in the same file joined. */
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
  if (last.kind === 'stored')
    return next.kind === 'stored' && last.source === next.source && last.offset + last.length === next.offset;
  return last.kind === next.kind;
}
