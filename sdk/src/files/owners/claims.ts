import { WantedBlocks, type BlockSpan } from './wantedBlocks';

/** What somebody says of blocks. Of two that claim a block, both are kept: which is right cannot be told. */
export interface Claim extends BlockSpan {
  /** `fixed`: by its place, without an inode. `rest`: what a cluster has beyond the blocks that are used of it. */
  kind: 'data' | 'map' | 'attributes' | 'rest' | 'fixed';
  /** 0 for `fixed`. */
  inode: number;
  /** The first block of the file that it holds. */
  logical: number;
  /** Of `fixed`, in words. */
  name?: string;
}

/** Claims in memory: some 25 MB. */
export const MAX_CLAIMS = 200_000;

/**
 * Collects claims on wanted blocks, the lowest first: when there are more than fit, the highest are let go and `end` comes down, from where another pass
 * has to go on.
 */
export class ClaimCollector {
  /** Behind the last block for which all claims are kept. */
  end: number;
  private claims: Claim[] = [];
  private claimedBlocks = 0;

  /** @param expected blocks that somebody should claim; when each of them is, nothing more is to be found */
  constructor(
    readonly wanted: WantedBlocks,
    private readonly expected: WantedBlocks,
    private readonly maximum = MAX_CLAIMS,
  ) {
    this.end = wanted.end;
  }

  add(claim: Claim): void {
    if (claim.start >= this.end || !this.wanted.meets(claim.start, claim.end - claim.start)) return;
    this.claims.push(claim);
    for (const { start, end } of this.expected.meeting(claim)) this.claimedBlocks += end - start;
    if (this.claims.length >= 2 * this.maximum) this.letGo();
  }

  /** Whether all that should be claimed is. Blocks that are claimed twice do not count twice. */
  get isComplete(): boolean {
    if (this.claimedBlocks < this.expected.count) return false;
    const claimed = WantedBlocks.ofSpans(this.claims);
    this.claimedBlocks = 0;
    for (const span of claimed.spans())
      for (const { start, end } of this.expected.meeting(span)) this.claimedBlocks += end - start;
    return this.claimedBlocks >= this.expected.within({ start: 0, end: this.end }).count;
  }

  /** All of them, ascending. */
  sorted(): Claim[] {
    return this.claims.filter(({ start }) => start < this.end).sort((a, b) => a.start - b.start || a.end - b.end);
  }

  private letGo(): void {
    const sorted = this.sorted();
    const first = sorted[this.maximum]!.start;
    // One block that very many claim stays whole: the pass must come forward.
    this.end = Math.max(first, sorted[0]!.start + 1);
    this.claims = sorted.filter(({ start }) => start < this.end).slice(0, 2 * this.maximum - 1);
  }
}
