import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { readFileRecord, readNtfsVolume, VOLUME_RECORD } from './ntfsVolume';

/** How sure it is, 0 … 100, by libblkid's rules: a sane boot sector, and file records where it says they are. */
export async function probeNtfs(source: BlockSource, signal?: AbortSignal): Promise<number> {
  try {
    const volume = await readNtfsVolume(source, signal);
    for (const record of [0, VOLUME_RECORD]) {
      if (!(await readFileRecord(source, volume, record, signal))) return 0;
    }
    return 100;
  } catch (error) {
    if (error instanceof DamagedStructureError) return 0;
    throw error;
  }
}
