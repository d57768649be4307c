import { ExtentListBuilder, type ExtentList } from './extentList';

/** Extents after which small gaps are given up, so that memory stays bounded whatever a bitmap says: 2 Mi extents are 32 MiB. */
const extentsPerStep = 2 * 1024 * 1024;
const firstGapBytes = 64 * 1024;

/**
 * Collects used blocks in ascending order as extents. A filesystem in millions of pieces is coarsened: gaps below a limit, which grows, count as
 * used, too.
 */
export class UsedBlocks {
  /** Largest gap in bytes that was taken for used; 0 while all is exact. */
  joinedGap = 0;
  private readonly builder = new ExtentListBuilder();
  private start = -1;
  private end = -1;
  private extents = 0;

  constructor(private readonly blockSize: number) {}

  /** Adds a run that begins at or behind the end of the one before. */
  add(firstBlock: number, blocks: number): void {
    const offset = firstBlock * this.blockSize;
    const end = offset + blocks * this.blockSize;
    if (this.start >= 0 && offset - this.end <= this.joinedGap) {
      this.end = end;
      return;
    }
    this.flush();
    this.start = offset;
    this.end = end;
  }

  build(): ExtentList {
    this.flush();
    return this.builder.build();
  }

  private flush(): void {
    if (this.start < 0) return;
    this.builder.add(this.start, this.end - this.start);
    this.start = -1;
    if (++this.extents % extentsPerStep === 0) this.joinedGap = Math.max(firstGapBytes, this.joinedGap * 4);
  }
}
