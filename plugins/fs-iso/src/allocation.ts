import type { AllocationResult } from '@diskwright/sdk';
import { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { readBootCatalogue } from './bootEntries';
import type { NameSpace } from './files/directory';
import { scanTree, treesOf } from './treeScan';
import type { IsoVolume } from './volume';

/** That are told. */
const MOST_REASONS = 16;
const UNKNOWN = 'Part of the filesystem is missing: its volume is too small.';

/**
 * All from the beginning to the end that the descriptors tell, or that of the last file or boot image behind it: appended partitions and later sessions lie
 * there. Nothing says which blocks inside are free. Where not all files can be found, the whole volume.
 * @param shown null when the root directory makes no sense
 * @throws what `read` throws, bad sectors excepted
 */
export async function allocationOf(volume: IsoVolume, shown: NameSpace | null, signal: AbortSignal): Promise<AllocationResult> {
  const { size, source, descriptors, joliet } = volume;
  if (size > source.size) return { confidence: 'unknown', extents: null, reasons: [UNKNOWN] };
  const reasons: string[] = [];
  const last = descriptors.at(-1)!;
  let end = Math.max(size, last.offset + last.bytes.length);
  // What is claimed behind the end of the volume is not there to be copied.
  const add = ({ offset, length }: ByteRange): void => void (end = Math.max(end, Math.min(offset + length, source.size)));
  if (joliet) add({ offset: 0, length: joliet.blocksCount * joliet.blockSize });
  const boot = await readBootCatalogue(volume, signal);
  for (const { range } of boot?.images ?? []) add(range);
  if (!boot && volume.bootCatalogue !== null) reasons.push('The boot catalogue cannot be read.');
  if (!shown) reasons.push('The root directory makes no sense.');
  const onDamage = (path: string): void =>
    void (reasons.length < MOST_REASONS && reasons.push(`The directory ${path} cannot be read.`));
  for (const tree of shown ? treesOf(volume, shown) : []) {
    add(tree.root);
    for await (const entries of scanTree(volume, tree, signal, onDamage))
      for (const { node } of entries) for (const range of node.content) add(range);
  }
  const whole = reasons.length > 0 ? source.size : end;
  return {
    confidence: reasons.length > 0 ? 'conservative' : 'exact',
    extents: ExtentList.fromRanges([{ offset: 0, length: whole }]),
    reasons,
  };
}
