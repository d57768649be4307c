import { DamagedStructureError } from '@diskwright/sdk/errors';
import { directoryRecord, RecordFlag } from '../structures/directoryRecord';
import { SECTOR_BYTES, type VolumeDescriptor } from '../structures/volumeDescriptor';
import type { IsoVolume } from '../volume';
import { recordAt, type NameSpace } from './directory';
import { systemUseEntries } from './systemUse';

const SHARING_MARK = 0xbeef;
/** Entries that only Rock Ridge has. */
const ROCK_RIDGE_ENTRIES = new Set(['PX', 'NM', 'RR', 'TF']);

/**
 * Which names are shown: Rock Ridge's, which hold what POSIX knows; else Joliet's; else the plain ones. The kernel chooses the same.
 * @throws DamagedStructureError when the root directory makes no sense; what `read` throws
 */
export async function findNameSpace(volume: IsoVolume, signal: AbortSignal): Promise<NameSpace> {
  const root = rootOf(volume, volume.primary);
  const placed = recordAt(await volume.read(root.offset, Math.min(SECTOR_BYTES, root.length), signal), 0, root.offset);
  if (!placed || (placed.record.flags & RecordFlag.DIRECTORY) === 0)
    throw new DamagedStructureError('ISO 9660 directory', 'the root directory makes no sense', root);
  const entries = await systemUseEntries(volume, placed.systemUse, signal);
  const mark = entries.find(
    ({ signature, data }) => signature === 'SP' && data.length >= 3 && data.readUInt16BE(0) === SHARING_MARK,
  );
  if (mark && entries.some(({ signature }) => ROCK_RIDGE_ENTRIES.has(signature)))
    return { kind: 'Rock Ridge', root, skip: mark.data[2]! };
  if (volume.joliet) return { kind: 'Joliet', root: rootOf(volume, volume.joliet), skip: 0 };
  return { kind: 'ISO 9660', root, skip: 0 };
}

/** The root directory of a tree, in bytes. */
export function rootOf({ blockSize }: IsoVolume, descriptor: VolumeDescriptor): { offset: number; length: number } {
  const { block, attributeBlocks, size } = directoryRecord.read(descriptor.rootRecord);
  return { offset: (block + attributeBlocks) * blockSize, length: size };
}
