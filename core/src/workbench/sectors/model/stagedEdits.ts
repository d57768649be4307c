import { RefusedError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { parseHex, toHex } from './byteClass';

/** Bytes that stand to be written, and what they replace: of the same length. */
export interface StagedRun {
  offset: number;
  before: Uint8Array;
  after: Uint8Array;
}

/** JSON of the edits; hex. */
export interface StoredRun {
  offset: number;
  before: string;
  after: string;
}

interface StagedByte {
  before: number;
  after: number;
}
/** What stood staged for a byte before a step of undo and after it. */
interface Change {
  from: StagedByte | undefined;
  to: StagedByte | undefined;
}

/** One step of undo: the bytes it changed by offset, and the run of typing that made it. */
interface Step {
  changes: Map<number, Change>;
  run: object | null;
}

/** As many bytes can stand staged on one device: they are kept one by one, and go to the plugin in one message. */
export const stagedLimit = 64 * 1024;

/** Bytes of one device that were typed over and not written: none is inserted or taken out. */
export class StagedEdits {
  private readonly bytes = new Map<number, StagedByte>();
  private readonly done: Step[] = [];
  private readonly undone: Step[] = [];
  private sortedRuns: StagedRun[] | null = null;

  get count(): number {
    return this.bytes.size;
  }

  /** The staged value of a byte; undefined when it stands as it is on the device. */
  at(offset: number): number | undefined {
    return this.bytes.get(offset)?.after;
  }

  /**
   * Stages bytes over those that are on the device; a byte that gets its old value back is staged no longer.
   * @param before what is on the device there, of the same length
   * @param run changes with the same one, directly after each other, are one step of undo
   * @throws RefusedError when more than {@link stagedLimit} would stand staged
   */
  write(offset: number, before: Uint8Array, after: Uint8Array, run: object | null = null): void {
    const changes = new Map<number, Change>();
    after.forEach((value, index) => {
      const from = this.bytes.get(offset + index);
      const original = from?.before ?? before[index]!;
      const to = value === original ? undefined : { before: original, after: value };
      if (from?.after !== to?.after) changes.set(offset + index, { from, to });
    });
    const growth = [...changes.values()].filter(({ from, to }) => !from && to).length;
    if (this.bytes.size + growth > stagedLimit) {
      throw new RefusedError(`at most ${stagedLimit} bytes can stand changed at once`, {
        todo: 'Review these and write them, or revert some, first.',
      });
    }
    this.perform({ changes, run });
  }

  /** Takes the staged bytes of a range back; can be undone. @param run as of {@link write} */
  revert(offset: number, length: number, run: object | null = null): void {
    const within = [...this.bytes].filter(([place]) => place >= offset && place < offset + length);
    this.perform({ changes: new Map(within.map(([place, from]) => [place, { from, to: undefined }])), run });
  }

  revertAll(): void {
    this.revert(0, Infinity);
  }

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  /** The bytes from the first to the last that it changed, to be shown; null when there was nothing to undo. */
  undo(): ByteRange | null {
    const step = this.done.pop();
    if (!step) return null;
    this.undone.push(step);
    this.set(step, 'from');
    return extentOf(step);
  }

  redo(): ByteRange | null {
    const step = this.undone.pop();
    if (!step) return null;
    this.done.push(step);
    this.set(step, 'to');
    return extentOf(step);
  }

  /** Neighbouring bytes as one, ascending. */
  runs(): readonly StagedRun[] {
    return (this.sortedRuns ??= this.collectRuns());
  }

  toStored(): StoredRun[] {
    return this.runs().map(({ offset, before, after }) => ({ offset, before: toHex(before), after: toHex(after) }));
  }

  /** In place of what is staged; undo begins anew. What is malformed or lies outside of the device is left out. */
  load(stored: readonly StoredRun[], size: number): void {
    this.bytes.clear();
    this.done.length = 0;
    this.undone.length = 0;
    this.sortedRuns = null;
    for (const run of stored) {
      const [before, after] = [parseHex(run.before), parseHex(run.after)];
      const fits = before && after && before.length === after.length && run.offset >= 0 && run.offset + after.length <= size;
      if (!fits) continue;
      after.forEach((value, index) => this.bytes.set(run.offset + index, { before: before[index]!, after: value }));
    }
  }

  /** The device holds other bytes now: what equals them is staged no longer. Undo begins anew if that changed anything. */
  rebase(offset: number, onDevice: Uint8Array): void {
    let changed = false;
    onDevice.forEach((before, index) => {
      const staged = this.bytes.get(offset + index);
      if (!staged || staged.before === before) return;
      changed = true;
      if (staged.after === before) this.bytes.delete(offset + index);
      else this.bytes.set(offset + index, { before, after: staged.after });
    });
    if (!changed) return;
    this.done.length = 0;
    this.undone.length = 0;
    this.sortedRuns = null;
  }

  private perform(step: Step): void {
    if (step.changes.size === 0) return;
    this.undone.length = 0;
    const last = this.done.at(-1);
    if (last && step.run !== null && last.run === step.run) join(last, step);
    else this.done.push(step);
    this.set(step, 'to');
  }

  private set({ changes }: Step, side: keyof Change): void {
    for (const [offset, change] of changes) {
      const value = change[side];
      if (value) this.bytes.set(offset, value);
      else this.bytes.delete(offset);
    }
    this.sortedRuns = null;
  }

  private collectRuns(): StagedRun[] {
    const offsets = [...this.bytes.keys()].sort((left, right) => left - right);
    const runs: StagedRun[] = [];
    let start = 0;
    for (let index = 1; index <= offsets.length; index += 1) {
      if (index < offsets.length && offsets[index] === offsets[index - 1]! + 1) continue;
      const bytes = offsets.slice(start, index).map((offset) => this.bytes.get(offset)!);
      runs.push({
        offset: offsets[start]!,
        before: Uint8Array.from(bytes, ({ before }) => before),
        after: Uint8Array.from(bytes, ({ after }) => after),
      });
      start = index;
    }
    return runs;
  }
}

/** Makes two steps that came one after the other one. */
function join(first: Step, second: Step): void {
  for (const [offset, { from, to }] of second.changes) {
    const before = first.changes.get(offset);
    first.changes.set(offset, { from: before ? before.from : from, to });
  }
}

function extentOf({ changes }: Step): ByteRange {
  let [first, last] = [Infinity, -Infinity];
  for (const offset of changes.keys()) {
    first = Math.min(first, offset);
    last = Math.max(last, offset);
  }
  return { offset: first, length: last - first + 1 };
}
