import type { SlowRange, StuckRequest } from '../../common/index';

/** After so long without an answer a request is told of. */
const STUCK_SECONDS = 2;
/** A request is slow when it took longer than this, and than so many times the median. */
const SLOW_SECONDS = 1;
const TIMES_MEDIAN = 10;
/** Of the last so many requests. */
const REMEMBERED = 512;
/** Slow requests no further apart are told as one range. */
const NEAR_BYTES = 16 * 1024 * 1024;
const MAX_SLOW = 1024;
const MAX_STUCK = 256;

interface Out {
  device: string;
  offset: number;
  since: number;
}

/** Times the requests that a job makes of its devices: which are out, and which took far longer than most. */
export class RequestWatch {
  private readonly out = new Set<Out>();
  private readonly seconds: number[] = [];
  private readonly slowRanges: SlowRange[] = [];
  private readonly left: StuckRequest[] = [];

  /** @param now seconds, monotonic */
  constructor(private readonly now: () => number = () => performance.now() / 1000) {}

  /** Carries out a request, and times it until it is answered, though nobody may wait for it any more. */
  time<T>(device: string, offset: number, length: number, request: () => Promise<T>): Promise<T> {
    const out = { device, offset, since: this.now() };
    this.out.add(out);
    const answered = (hasSucceeded: boolean): void => {
      this.out.delete(out);
      // One that failed is not judged: it is told as what it failed by.
      if (hasSucceeded) this.judge(device, offset, length, this.now() - out.since);
    };
    const answer = request();
    answer.then(
      () => answered(true),
      () => answered(false),
    );
    return answer;
  }

  /** Adds what a native job found, and what it left behind. */
  add(slow: readonly SlowRange[], left: readonly StuckRequest[]): void {
    for (const range of slow) this.addSlow(range);
    this.left.push(...left);
  }

  /** The job is given up: what is out for long is told of as left behind, though nobody waits for it any more. */
  giveUp(): void {
    this.left.push(...this.waiting(STUCK_SECONDS));
    this.out.clear();
  }

  /** Requests that are out for long, and those that were left behind. */
  stuck(): StuckRequest[] {
    return [...this.waiting(STUCK_SECONDS), ...this.left].slice(0, MAX_STUCK);
  }

  /** By device and offset. */
  slow(): SlowRange[] {
    return [...this.slowRanges].sort((a, b) => (a.device === b.device ? a.offset - b.offset : a.device < b.device ? -1 : 1));
  }

  private waiting(atLeastSeconds: number): StuckRequest[] {
    const now = this.now();
    return [...this.out]
      .map(({ device, offset, since }) => ({ device, offset, seconds: now - since }))
      .filter(({ seconds }) => seconds >= atLeastSeconds);
  }

  private judge(device: string, offset: number, length: number, seconds: number): void {
    const isSlow = seconds > SLOW_SECONDS && (this.seconds.length === 0 || seconds > TIMES_MEDIAN * this.median());
    this.seconds.push(seconds);
    if (this.seconds.length > REMEMBERED) this.seconds.shift();
    if (isSlow) this.addSlow({ device, offset, length, requests: 1, longestSeconds: seconds });
  }

  private addSlow(range: SlowRange): void {
    const end = range.offset + range.length;
    const near = this.slowRanges.find(
      ({ device, offset, length }) =>
        device === range.device && range.offset <= offset + length + NEAR_BYTES && end + NEAR_BYTES >= offset,
    );
    if (near) {
      const last = Math.max(near.offset + near.length, end);
      near.offset = Math.min(near.offset, range.offset);
      near.length = last - near.offset;
      near.requests += range.requests;
      near.longestSeconds = Math.max(near.longestSeconds, range.longestSeconds);
    } else if (this.slowRanges.length < MAX_SLOW) {
      this.slowRanges.push({ ...range });
    }
  }

  private median(): number {
    return [...this.seconds].sort((a, b) => a - b)[Math.floor(this.seconds.length / 2)]!;
  }
}
