import { DamagedStructureError } from '@diskwright/sdk/errors';
import { dataStreamOf } from '../files/dataStream';
import { findInDirectory } from '../files/directoryListing';
import { StreamReader } from '../files/streamReader';
import type { MasterFileTable } from '../records/masterFileTable';
import { SystemRecord } from '../records/systemData';

/** Where Windows keeps the memory of a system that sleeps. */
const FILE = 'hiberfil.sys';
/** What it begins with when the system was woken again. */
const WOKEN = /^wake$/i;

/**
 * Whether a Windows sleeps on the volume, or was shut down for a fast start: then it has changes in memory that the volume does not show. An empty file, or one
 * of a system that was woken, tells of none.
 * @throws what `read` throws
 */
export async function isHibernated(table: MasterFileTable, signal: AbortSignal): Promise<boolean> {
  try {
    const root = await table.read(SystemRecord.ROOT, signal);
    const found = await findInDirectory(table, root, FILE, signal);
    if (!found) return false;
    const stream = await dataStreamOf(table, await table.read(found.record, signal), undefined, signal);
    if (stream.attribute.size < 4) return false;
    const magic = await new StreamReader(table, stream).read(0, 4, signal);
    return !magic.equals(Buffer.alloc(4)) && !WOKEN.test(magic.toString('latin1'));
  } catch (error) {
    // What cannot be read of the root is told by `check`; it says nothing of sleep.
    if (error instanceof DamagedStructureError) return false;
    throw error;
  }
}
