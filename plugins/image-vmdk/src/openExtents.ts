import { join } from 'node:path/posix';
import type { ImageContext } from '@diskwright/sdk';
import { NotSupportedError } from '@diskwright/sdk/errors';
import { deviceMap, type ImageMap, JoinedMap, zeroMap } from '@diskwright/sdk/image';
import { damagedDescriptor, type Descriptor, type ExtentLine } from './descriptor';
import { damaged, isSparse, readSparseHeader } from './sparseHeader';
import { SparseExtent } from './sparseExtent';

const FLAT = ['FLAT', 'VMFS'];

/**
 * Opens the files that a descriptor names.
 * @param folder the descriptor's, relative to the image's
 * @throws NotSupportedError for kinds that are not read, and what opening the files throws
 */
export async function openExtents(
  { extents }: Descriptor,
  context: ImageContext,
  folder: string,
): Promise<{ map: ImageMap; sparse: SparseExtent[] }> {
  if (extents.length === 0) throw damagedDescriptor('it names no files with the content');
  const maps: ImageMap[] = [];
  const sparse: SparseExtent[] = [];
  for (const extent of extents) {
    const map = await openExtent(extent, context, folder);
    maps.push(map instanceof SparseExtent ? cut(map, extent) : map);
    if (map instanceof SparseExtent) sparse.push(map);
  }
  const map = new JoinedMap(maps);
  if (!Number.isSafeInteger(map.size)) throw new NotSupportedError('the disk in the image would be larger than 8 PiB');
  return { map, sparse };
}

async function openExtent(
  { kind, access, file, offset, length }: ExtentLine,
  context: ImageContext,
  folder: string,
): Promise<ImageMap> {
  if (kind === 'ZERO') return zeroMap(length);
  if (access === 'NOACCESS') throw new NotSupportedError(`the VMDK image has a part that may not be read: ${file}`);
  const isFlat = FLAT.includes(kind);
  if (!isFlat && kind !== 'SPARSE') {
    throw new NotSupportedError(`the VMDK image has a part of the kind ${kind}, which is not read here: ${file}`, {
      todo: 'Convert it on its own machine: vmkfstools -i.',
    });
  }
  if (file.startsWith('/dev/')) throw new NotSupportedError(`the VMDK image stands for a disk of its own machine: ${file}`);
  const source = await context.sibling(join(folder, file));
  if (isFlat) return deviceMap(source, offset, length, file);
  if (!(await isSparse(source, context.signal))) throw damaged(`${file} is none of its parts`);
  return SparseExtent.open(source, await readSparseHeader(source, context.signal), context.signal);
}

/** The descriptor has the last word on how long a part is. */
function cut(map: SparseExtent, { length, file }: ExtentLine): ImageMap {
  if (map.size < length) throw damaged(`${file} has ${map.size} bytes of the disk, and should have ${length}`);
  return { size: length, runs: (at, count, signal) => map.runs(at, count, signal) };
}
