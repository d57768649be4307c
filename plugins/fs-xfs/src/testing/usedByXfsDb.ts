import { complement, ExtentList } from '@diskwright/sdk/extents';
import type { XfsImage } from './xfsImage';

/** What xfs_db lists as free, the blocks that are kept for the trees included, in bytes. */
export function freeByXfsDb(image: XfsImage): { free: ExtentList; size: number } {
  const header = image.db('sb 0', 'p blocksize dblocks agblocks');
  const value = (name: string): number => Number(new RegExp(`^${name} = (\\d+)`, 'm').exec(header)?.[1] ?? NaN);
  const blockSize = value('blocksize');
  const ranges = [...image.db('freesp -d').matchAll(/^\s*(\d+)\s+(\d+)\s+(\d+)\s*$/gm)].map(([, group, block, length]) => ({
    offset: (Number(group) * value('agblocks') + Number(block)) * blockSize,
    length: Number(length) * blockSize,
  }));
  return { free: ExtentList.fromRanges(ranges), size: value('dblocks') * blockSize };
}

/** What it does not list as free. */
export function usedByXfsDb(image: XfsImage): ExtentList {
  const { free, size } = freeByXfsDb(image);
  return complement(free, size);
}
