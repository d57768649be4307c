import { DamagedStructureError, InvalidInputError, NotSupportedError } from '@diskwright/sdk/errors';
import { dataStreamOf } from '../files/dataStream';
import { findInDirectory } from '../files/directoryListing';
import { StreamReader } from '../files/streamReader';
import type { MasterFileTable } from '../records/masterFileTable';
import { SystemRecord } from '../records/systemData';

/** Where Windows keeps the memory of a system that sleeps. */
const FILE = 'hiberfil.sys';
/** What it begins with when the system was woken again. */
const WOKEN = /^wake$/i;

/** Damage, encryption, or something else of that name. */
const DOUBTS = [DamagedStructureError, NotSupportedError, InvalidInputError];

/**
 * Whether a Windows sleeps on the volume, or was shut down for a fast start: then it has changes in memory that the volume does not show. An empty file, or one
 * of a system that was woken, tells of none.
 * @returns why it cannot be told, where the file or the directory that would have it cannot be read
 * @throws what `read` throws
 */
export async function isHibernated(table: MasterFileTable, signal: AbortSignal): Promise<boolean | { doubt: string }> {
  try {
    const root = await table.read(SystemRecord.ROOT, signal);
    const found = await findInDirectory(table, root, FILE, signal);
    if (!found) return false;
    const file = await table.read(found.record, signal);
    if (!file.isInUse || file.sequenceNumber !== found.sequence) return { doubt: `the name ${FILE} leads to no file` };
    const stream = await dataStreamOf(table, file, undefined, signal);
    if (stream.attribute.size < 4) return false;
    const magic = await new StreamReader(table, stream).read(0, 4, signal);
    return !magic.equals(Buffer.alloc(4)) && !WOKEN.test(magic.toString('latin1'));
  } catch (error) {
    if (DOUBTS.some((kind) => error instanceof kind)) return { doubt: (error as Error).message };
    throw error;
  }
}
