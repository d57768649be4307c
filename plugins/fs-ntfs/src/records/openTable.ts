import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { NtfsVolume } from '../boot/ntfsVolume';
import { AttributeType } from '../structures/fileRecord';
import { addRuns, attributeAt, type Attribute } from './attribute';
import { visitAttributes } from './attributeHeader';
import { listedParts } from './attributeList';
import { FileRecord } from './fileRecord';
import { attributeListOf } from './fileRecords';
import { MasterFileTable } from './masterFileTable';
import { bytesBeforeHole } from './runList';

/**
 * Finds the master file table: its first record says where it lies; where that one is damaged, its copy in the mirror. Parts that further records tell of
 * are found one after the other, since each lies in what is known by then.
 * @throws DamagedStructureError when neither record can be read; what `read` throws
 */
export async function openTable(source: BlockSource, volume: NtfsVolume, signal: AbortSignal): Promise<MasterFileTable> {
  const own = await readFirst(source, volume, volume.mftOffset, signal);
  const first = own ?? (await readFirst(source, volume, volume.mirrorOffset, signal));
  if (!first) {
    throw new DamagedStructureError(
      'NTFS master file table',
      'the first record of the master file table and its copy are damaged',
      {
        offset: volume.mftOffset,
        length: volume.recordBytes,
      },
    );
  }
  const data = unnamedData(first, volume);
  if (!data?.runs) throw new DamagedStructureError('NTFS master file table', 'the master file table has no place');
  const damage = own ? null : 'the first record of the master file table is damaged; its copy in the mirror was used';
  const partial = new MasterFileTable(source, volume, data.runs, data.size, null);
  const list = await attributeListOf(partial, first, signal);
  if (list) await addListed(source, volume, data, list, signal);
  // The table has no holes: what is behind one makes no sense.
  const mapped = bytesBeforeHole(data.runs);
  const problem = data.damage ?? (data.size > mapped ? `only ${mapped} of its ${data.size} bytes have a place` : null);
  // Runs of a damaged one may lie over each other.
  return new MasterFileTable(source, volume, data.runs, Math.min(data.size, mapped, source.size), damage ?? problem);
}

async function readFirst(
  source: BlockSource,
  volume: NtfsVolume,
  offset: number,
  signal: AbortSignal,
): Promise<FileRecord | null> {
  const { recordBytes } = volume;
  if (!(offset >= 0 && offset <= source.size - recordBytes)) return null;
  const record = FileRecord.at(0, await source.read(offset, recordBytes, signal), 0, recordBytes);
  return record?.isInUse && unnamedData(record, volume)?.runs ? record : null;
}

function unnamedData(record: FileRecord, { clusterBytes, totalClusters }: NtfsVolume): Attribute | null {
  let found: Attribute | null = null;
  visitAttributes(record.bytes, record.start, record.length, (at, type, length) => {
    if (type !== AttributeType.DATA || found) return;
    const attribute = attributeAt(record.bytes, at, type, clusterBytes);
    if (attribute.name !== '') return;
    addRuns(attribute, record.bytes, at, length, totalClusters);
    found = attribute;
  });
  return found;
}

async function addListed(
  source: BlockSource,
  volume: NtfsVolume,
  data: Attribute,
  list: Buffer,
  signal: AbortSignal,
): Promise<void> {
  const parts = listedParts(list)
    .filter(({ type, lowestVcn, record }) => type === AttributeType.DATA && lowestVcn > 0 && record > 0)
    .sort((a, b) => a.lowestVcn - b.lowestVcn);
  for (const { record: number, lowestVcn } of parts) {
    if (lowestVcn < data.runs!.clusters || data.damage !== null) continue;
    const known = new MasterFileTable(source, volume, data.runs!, data.runs!.bytes, null);
    const { bytes, start, length: recordBytes } = await known.read(number, signal);
    visitAttributes(bytes, start, recordBytes, (at, type, length) => {
      if (type === AttributeType.DATA && attributeAt(bytes, at, type, volume.clusterBytes).name === '')
        addRuns(data, bytes, at, length, volume.totalClusters);
    });
  }
}
