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
/** One step of undo: what stood staged for each byte before it and after it. */
type Step = { offset: number; from: StagedByte | undefined; to: StagedByte | undefined }[];

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
   * @throws RangeError when more than {@link stagedLimit} would stand staged
   */
  write(offset: number, before: Uint8Array, after: Uint8Array): void {
    const step: Step = [];
    after.forEach((value, index) => {
      const from = this.bytes.get(offset + index);
      const original = from?.before ?? before[index]!;
      const to = value === original ? undefined : { before: original, after: value };
      if (from?.after !== to?.after) step.push({ offset: offset + index, from, to });
    });
    const growth = step.filter(({ from, to }) => !from && to).length;
    if (this.bytes.size + growth > stagedLimit) {
      throw new RangeError(`at most ${stagedLimit} bytes can stand changed at once; review and write these first`);
    }
    this.perform(step);
  }

  /** Takes the staged bytes of a range back; can be undone. */
  revert(offset: number, length: number): void {
    const within = (place: number): boolean => place >= offset && place < offset + length;
    this.perform(
      [...this.bytes].filter(([place]) => within(place)).map(([place, from]) => ({ offset: place, from, to: undefined })),
    );
  }

  revertAll(): void {
    this.perform([...this.bytes].map(([offset, from]) => ({ offset, from, to: undefined })));
  }

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  /** The first byte that it changed, to be shown; null when there was nothing to undo. */
  undo(): number | null {
    const step = this.done.pop();
    if (!step) return null;
    this.undone.push(step);
    this.set(step, 'from');
    return step[0]?.offset ?? null;
  }

  redo(): number | null {
    const step = this.undone.pop();
    if (!step) return null;
    this.done.push(step);
    this.set(step, 'to');
    return step[0]?.offset ?? null;
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
    if (step.length === 0) return;
    this.done.push(step);
    this.undone.length = 0;
    this.set(step, 'to');
  }

  private set(step: Step, side: 'from' | 'to'): void {
    for (const change of step) {
      const value = change[side];
      if (value) this.bytes.set(change.offset, value);
      else this.bytes.delete(change.offset);
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
