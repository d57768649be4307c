import { toWireError } from '@diskwright/sdk/errors';
import type { ByteRange, Phase } from '@diskwright/sdk/protocol';
import type { Hole, JobResult } from '../../common/index';
import { isCancellation } from '../../common/flow/abortable';
import { exitStatusOf } from './exitStatus';
import type { CopiedAmount } from '../plan/deviceActions';
import type { RequestWatch } from '../plan/requestWatch';
import type { JobHistory } from './jobHistory';

/** As many are told one by one; the rest is only counted. The result must fit into one message. */
const MAX_HOLES = 2048;
const MAX_DIGESTS = 4096;

/** Collects what is known of a job while it runs, and makes its result. */
export class JobRecord {
  private readonly startedAt: string;
  private phase: Phase;
  private bytesCopied = 0;
  private bytesUnchanged = 0;
  private bytesReflinked = 0;
  private bytesVerified = 0;
  private holeCount = 0;
  private readonly holes: Hole[] = [];
  private readonly digests: JobResult['digests'] = [];

  /** What earlier runs of the job have copied is told to it once more as the steps come by. */
  constructor(history: JobHistory) {
    this.startedAt = history.startedAt ?? new Date().toISOString();
    this.phase = history.phase;
  }

  phaseBegun(phase: Phase): void {
    this.phase = phase;
  }

  copied(step: number, { bytes, bytesUnchanged, bytesReflinked, blake3 }: CopiedAmount): void {
    this.bytesCopied += bytes;
    this.bytesUnchanged += bytesUnchanged;
    this.bytesReflinked += bytesReflinked;
    if (blake3 && this.digests.length < MAX_DIGESTS) this.digests.push({ step, blake3: blake3.toString('hex') });
  }

  verified(bytes: number): void {
    this.bytesVerified += bytes;
  }

  hole(step: number, device: string, range: ByteRange): void {
    this.holeCount++;
    if (this.holes.length < MAX_HOLES) this.holes.push({ step, device, offset: range.offset, length: range.length });
  }

  /** The result of a job that came to its end, or that `error` has ended. */
  result(error: unknown, requests: Pick<RequestWatch, 'slow' | 'stuck'>): JobResult {
    const [slow, stuck] = [requests.slow(), requests.stuck()];
    const facts = {
      phase: this.phase,
      bytesCopied: this.bytesCopied,
      ...(this.bytesUnchanged > 0 && { bytesUnchanged: this.bytesUnchanged }),
      ...(this.bytesReflinked > 0 && { bytesReflinked: this.bytesReflinked }),
      bytesVerified: this.bytesVerified,
      holes: this.holes,
      holeCount: this.holeCount,
      ...(slow.length > 0 && { slow }),
      ...(stuck.length > 0 && { stuck }),
      digests: this.digests,
      startedAt: this.startedAt,
      endedAt: new Date().toISOString(),
    };
    if (error === null) return { ...facts, ...this.success() };
    if (isCancellation(error)) return { ...facts, state: 'cancelled', exitStatus: 130, message: 'Cancelled', error: null };
    const wire = toWireError(error);
    return { ...facts, state: 'failed', exitStatus: exitStatusOf(error), message: wire.message, error: wire };
  }

  private success(): Pick<JobResult, 'state' | 'exitStatus' | 'message' | 'error'> {
    const { holeCount } = this;
    if (holeCount === 0) return { state: 'done', exitStatus: 0, message: 'Done', error: null };
    return { state: 'done', exitStatus: 4, message: `Done with ${holeCount} ${holeCount === 1 ? 'hole' : 'holes'}`, error: null };
  }
}
