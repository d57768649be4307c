import { ProblemList } from '@diskwright/sdk';
import { ExtentList, union } from '@diskwright/sdk/extents';
import { readOrNull } from '@diskwright/sdk/files';
import { scanBitmaps } from '../bitmapScan';
import { clusterRange, fixedMetadata } from '../groupMetadata';
import { findGroupProblems } from '../groupProblems';
import { GroupTable } from '../groupTable';
import { requireGeometry } from '../volume';
import type { JournalReplay } from './journalReplay';

/**
 * What a volume used before its journal was replayed, the journal included: whoever reads a copy of its bytes without replaying finds all files as they were. The
 * bitmaps may have been half written, so that what is wrong with them counts for nothing: the replayed ones tell what must be there.
 * @returns null where it cannot be told
 * @throws what `read` throws, but for unreadable sectors
 */
export async function usedBefore({ device, ranges }: JournalReplay, signal: AbortSignal): Promise<ExtentList | null> {
  return readOrNull(async () => {
    const table = await GroupTable.read(device.source, requireGeometry(device), signal);
    const problems = new ProblemList();
    findGroupProblems(table, problems, signal);
    if (problems.has('ext.group.place')) return null;
    const runs = fixedMetadata(table).map((run) => clusterRange(table.geometry, run));
    const metadata = ExtentList.fromRanges([...runs, ...ranges]);
    return union(await scanBitmaps(device.source, table, metadata, problems, signal), metadata);
  });
}
