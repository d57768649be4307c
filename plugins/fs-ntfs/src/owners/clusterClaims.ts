import type { ClaimCollector } from '@diskwright/sdk/files';
import { scanRecords } from '../files/recordScan';
import { attributeName, attributeOffsets, visitAttributes } from '../records/attributeHeader';
import type { FileRecord } from '../records/fileRecord';
import { readSize } from '../records/littleEndian';
import { decodeMappingPairs } from '../records/mappingPairs';
import type { MasterFileTable } from '../records/masterFileTable';
import { RunList } from '../records/runList';
import { SystemRecord } from '../records/systemData';
import { AttributeType } from '../structures/fileRecord';
import { attributeWords } from './attributeWords';

/**
 * Collects what files claim of the wanted clusters, until all that is expected is claimed or the table ends. Each record tells its part by itself, so that a
 * file in many pieces costs no more than its records. Runs that make no sense count as far as they go.
 * @throws what `read` throws
 */
export async function collectClaims(table: MasterFileTable, collector: ClaimCollector, signal: AbortSignal): Promise<void> {
  for await (const { records } of scanRecords(table, signal, { withParts: true })) {
    for (const record of records) claimRuns(table, record, collector);
    if (collector.isComplete) return;
  }
}

function claimRuns({ volume }: MasterFileTable, record: FileRecord, collector: ClaimCollector): void {
  const { bytes } = record;
  const file = record.base?.record ?? record.number;
  visitAttributes(bytes, record.start, record.length, (at, type, length) => {
    const name = attributeName(bytes, at);
    // The table of files is known by its place.
    const isTable = file === SystemRecord.MFT && type === AttributeType.DATA && name === '';
    if (isTable || bytes[at + attributeOffsets.nonResident] === 0) return;
    const runs = new RunList(volume.clusterBytes);
    const start = at + bytes.readUInt16LE(at + attributeOffsets.runsOffset);
    decodeMappingPairs(bytes, start, at + length, volume.totalClusters, runs);
    const first = readSize(bytes, at + attributeOffsets.lowestVcn);
    const words = attributeWords(type, name);
    for (const { vcn, lcn, clusters } of runs.runs())
      if (lcn >= 0)
        collector.add({ kind: 'data', inode: file, logical: first + vcn, start: lcn, end: lcn + clusters, name: words });
  });
}
