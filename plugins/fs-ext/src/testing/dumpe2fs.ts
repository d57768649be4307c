import { ExtentList, complement } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { runTool } from '@diskwright/sdk/testing';

/** The header of `dumpe2fs -h`: names as it prints them, such as `Block count`. */
export function dumpHeader(path: string): Record<string, string> {
  return headerOf(runTool('dumpe2fs', ['-h', path]));
}

/** Both at once: {@link dumpHeader} and {@link usedByDumpe2fs}. */
export function dumpAll(path: string): { header: Record<string, string>; used: ExtentList } {
  const text = runTool('dumpe2fs', [path]);
  return { header: headerOf(text.slice(0, text.indexOf('\nGroup '))), used: usedIn(text) };
}

function headerOf(text: string): Record<string, string> {
  const lines = text.split('\n');
  return Object.fromEntries(
    lines.flatMap((line) => [...line.matchAll(/^([A-Z][^:]*):\s+(.*?)\s*$/g)].map((found) => [found[1]!, found[2]!])),
  );
}

/** What dumpe2fs says is used, in bytes from the volume's start: whatever it does not list as free, and every structure that it names. */
export function usedByDumpe2fs(path: string): ExtentList {
  return usedIn(runTool('dumpe2fs', [path]));
}

function usedIn(text: string): ExtentList {
  const number = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? NaN);
  const blockSize = number('Block size');
  const clusterSize = number('Cluster size') || blockSize;
  const size = number('Block count') * blockSize;
  const free: ByteRange[] = [{ offset: 0, length: number('First block') * blockSize }];
  for (const [, list] of text.matchAll(/^ {2}Free blocks: (.*)$/gm)) {
    for (const [, first, last] of list!.matchAll(/(\d+)(?:-(\d+))?/g)) {
      // With bigalloc a number stands for the cluster that begins there.
      const offset = Number(first) * blockSize;
      free.push({ offset, length: Math.min(Number(last ?? first) * blockSize + clusterSize, size) - offset });
    }
  }
  const named: ByteRange[] = [];
  for (const [, first, last] of text.matchAll(/(?:superblock|[Dd]escriptors?|GDT blocks|bitmap|table) at (\d+)(?:-(\d+))?/g))
    named.push({ offset: Number(first) * blockSize, length: (Number(last ?? first) - Number(first) + 1) * blockSize });
  const multiMount = number('MMP block number');
  if (!Number.isNaN(multiMount)) named.push({ offset: multiMount * blockSize, length: blockSize });
  const used = complement(ExtentList.fromRanges(free), size);
  return ExtentList.fromRanges([...used, ...named]);
}
