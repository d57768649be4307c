import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { fileRecordHeader } from '../structures/fileRecord';
import { readNtfsVolume, VOLUME_RECORD } from './ntfsVolume';

/** How sure it is, 0 … 100, by libblkid's rules: a sane boot sector, and file records where it says they are. */
export async function probeNtfs(source: BlockSource, signal?: AbortSignal): Promise<number> {
  try {
    const volume = await readNtfsVolume(source, signal);
    for (const record of [0, VOLUME_RECORD]) {
      const offset = volume.mftOffset + record * volume.recordBytes;
      if (offset > source.size - volume.recordBytes) return 0;
      const header = await source.read(offset, fileRecordHeader.size, signal);
      if (fileRecordHeader.read(header).magic !== 'FILE') return 0;
    }
    return 100;
  } catch (error) {
    if (error instanceof DamagedStructureError) return 0;
    throw error;
  }
}
