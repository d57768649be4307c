import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/** Frees what nobody holds any more, so that only what is held is counted. */
function collectGarbage(): void {
  if (!collect) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  // What buffers held is freed beside all else, and counted as free when that is done: a second collection waits for it.
  collect();
}

function usedBytes(): number {
  const { used_heap_size: heap, external_memory: buffers } = getHeapStatistics();
  return heap + buffers;
}

/**
 * What was allocated since it was made, heap and buffers together, judged whenever it is asked. What a garbage collection frees does not count,
 * unless it was taken at one go: memory that is asked for in the size that a damaged field claims is gone a moment later, and the machine with it.
 */
export class MemoryWatch {
  /** The most that was held beside the start, in bytes. */
  most = 0;
  private readonly base = usedBytes();
  private last = this.base;
  private lastRead = 0;

  constructor(private readonly limit: number) {}

  /**
   * @param readBytes how much was read from the source so far, which may lie in memory as well
   * @returns in words what is wrong
   */
  judge(readBytes: number): string | undefined {
    let used = usedBytes();
    const taken = used - this.last - (readBytes - this.lastRead);
    if (taken <= this.limit && used - this.base > this.limit) {
      collectGarbage();
      used = usedBytes();
    }
    this.last = used;
    this.lastRead = readBytes;
    const held = used - this.base;
    this.most = Math.max(this.most, held);
    if (taken > this.limit) return `allocated ${taken} bytes at one go`;
    return held > this.limit ? `held ${held} bytes of memory` : undefined;
  }
}
