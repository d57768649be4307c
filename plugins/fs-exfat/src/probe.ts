import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { readBootRegions } from './bootRegion';
import { isInconsistent, readGeometry } from './geometry';

/** How sure it is that the volume is exFAT, 0 … 100: the boot sector makes sense, its checksum is right, its numbers agree with each other. */
export async function probeExfat(source: BlockSource, signal?: AbortSignal): Promise<number> {
  try {
    const geometry = await readGeometry(source, signal);
    const [main] = await readBootRegions(source, geometry, signal);
    return 60 + (main?.isSound ? 30 : 0) + (isInconsistent(geometry) ? 0 : 10);
  } catch (error) {
    if (error instanceof DamagedStructureError) return 0;
    throw error;
  }
}
