import type { ByteRange, Finding } from '../protocol/types';

const maximumRanges = 64;

/** What a problem means for the allocation: nothing, too much may be used, or it cannot be told what is. */
export type Effect = 'none' | 'conservative' | 'unknown';

/** Something noticed, before problems of one kind are put together. */
export interface Problem {
  severity: Finding['severity'];
  /** Stable and machine-readable: `ext.group.checksum`. */
  code: string;
  effect: Effect;
  /** A sentence for the user. */
  message: string;
  ranges?: ByteRange[];
  todo?: string;
}

interface Kind extends Problem {
  ranges: ByteRange[];
  count: number;
}

/** Collects problems for a provider's `check` and `allocation`, one finding a code: a table with a thousand bad descriptors is one finding that counts them. */
export class ProblemList {
  private readonly kinds = new Map<string, Kind>();

  add(problem: Problem): void {
    const known = this.kinds.get(problem.code);
    if (!known) {
      this.kinds.set(problem.code, { ...problem, ranges: (problem.ranges ?? []).slice(0, maximumRanges), count: 1 });
      return;
    }
    known.count++;
    known.ranges.push(...(problem.ranges ?? []).slice(0, maximumRanges - known.ranges.length));
  }

  /** Why the allocation is conservative or unknown, a sentence each. */
  reasons(effect: Exclude<Effect, 'none'>): string[] {
    return [...this.kinds.values()].filter((kind) => kind.effect === effect).map(sentence);
  }

  has(code: string): boolean {
    return this.kinds.has(code);
  }

  /** Whether it cannot be told what is used. */
  get hidesAllocation(): boolean {
    return [...this.kinds.values()].some((kind) => kind.effect === 'unknown');
  }

  findings(): Finding[] {
    return [...this.kinds.values()].map((kind) => ({
      severity: kind.severity,
      code: kind.code,
      message: sentence(kind),
      ranges: kind.ranges,
      ...(kind.todo === undefined ? {} : { todo: kind.todo }),
    }));
  }
}

function sentence(kind: Kind): string {
  return kind.count === 1 ? kind.message : `${kind.message} (and ${kind.count - 1} more of the kind)`;
}
