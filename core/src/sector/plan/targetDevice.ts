import type { ExtentList } from '@diskwright/sdk/extents';
import { abortable } from '../../common/flow/abortable';
import type { OpenedNode } from '../contracts';
import { forEachInFlight } from '../../common/flow/forEachInFlight';
import { native } from '../native';
import type { WritableNode } from '../nodes/blockNode';
import { settleCaches } from '../platform/coherenceLinux';
import { type Change, KnownZeros } from './changes';
import { requestsAtOnce } from './copy/copyNative';
import { chunksOf } from './copy/parts';
import { type DeviceDescriptor, wholeDescriptor } from './copy/transfers';
import type { ProgressMeter } from './progressMeter';

/** Long ranges are zeroed and discarded in pieces, so that progress shows and a cancelled job ends. */
const PIECE_BYTES = 64 * 1024 * 1024;
/** Pieces in flight where the medium is not known: short extents would otherwise wait for each other's answer. */
const PIECES_IN_FLIGHT = 8;

/** A target that is being written, with what was done to it in the phase that runs. Does not own the node. */
export class TargetDevice {
  readonly zeros = new KnownZeros();
  /** Changes of the phase that runs, in order: what a `verify` step compares. */
  changes: Change[] = [];
  private recording = false;

  constructor(
    readonly opened: OpenedNode<WritableNode>,
    private readonly progress: ProgressMeter,
    private readonly signal: AbortSignal | undefined,
  ) {}

  get node(): WritableNode {
    return this.opened.node;
  }

  /**
   * For the native engine; null where writing goes through the node. An overlay's descriptors are those of what lies below it,
   * and not for writing.
   */
  get descriptor(): DeviceDescriptor | null {
    const { kind } = this.opened;
    return kind === 'file' || kind === 'block' ? wholeDescriptor(this.node) : null;
  }

  /** Begins a phase; its changes are kept only where a `verify` step will ask for them. */
  beginPhase(willVerify: boolean): void {
    this.changes = [];
    this.recording = willVerify;
  }

  /** Notes what was done, in the order in which it was done. */
  note(change: Change): void {
    if (this.recording) this.changes.push(change);
  }

  /** Writes `length` bytes, in chunks; with `isDone` they stand there already, and this is only noted. */
  async write(offset: number, length: number, chunks: () => AsyncIterable<Buffer>, isDone: boolean): Promise<void> {
    this.note({ kind: 'write', offset, length, chunks });
    this.zeros.written(offset, length);
    if (isDone) return this.progress.advance(length);
    let at = offset;
    for await (const chunk of chunks()) {
      await this.progress.gate.pass(this.signal);
      await abortable(this.node.write(at, chunk, this.signal), this.signal);
      at += chunk.length;
      this.progress.advance(chunk.length);
    }
  }

  /** Of extents relative to `targetOffset`; see {@link write} for `isDone`. */
  async zero(targetOffset: number, extents: ExtentList, isDone: boolean): Promise<void> {
    this.note({ kind: 'cleared', targetOffset, extents });
    await this.inPieces(extents, async (offset, length) => {
      if (!isDone) await abortable(this.node.zero(targetOffset + offset, length, this.signal), this.signal);
      this.zeros.zeroed(targetOffset + offset, length);
    });
  }

  /** Of extents relative to `targetOffset`; see {@link write} for `isDone`. */
  async discard(targetOffset: number, extents: ExtentList, isDone: boolean): Promise<void> {
    this.note({ kind: 'cleared', targetOffset, extents });
    await this.inPieces(extents, async (offset, length) => {
      this.zeros.written(targetOffset + offset, length);
      if (!isDone) await abortable(this.node.discard(targetOffset + offset, length, this.signal), this.signal);
    });
  }

  async flush(): Promise<void> {
    await this.progress.during('flush', () => abortable(this.node.flush(), this.signal));
  }

  /**
   * After the last write: what others have cached of these bytes is dropped, and the kernel reads the partition table again.
   * Answers why it did not.
   */
  async settle(): Promise<string | null> {
    await settleCaches(this.opened.storage);
    return this.opened.kind === 'block' && this.descriptor ? native.rereadPartitions(this.descriptor.descriptor) : null;
  }

  private async inPieces(extents: ExtentList, action: (offset: number, length: number) => Promise<void>): Promise<void> {
    const inFlight = this.descriptor ? requestsAtOnce(this.descriptor) : PIECES_IN_FLIGHT;
    await forEachInFlight(chunksOf(extents, PIECE_BYTES), inFlight, async ({ offset, length }) => {
      await this.progress.gate.pass(this.signal);
      await action(offset, length);
      this.progress.advance(length);
    });
  }
}
