import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, InvalidInputError } from '@diskwright/sdk/errors';
import { safeNumber } from '@diskwright/sdk/struct';
import { l1EntriesFor, type L1Place, type QcowHeader, requireL1 } from './header';
import { snapshotEntry } from './structures/header';

/** As many as QEMU takes. */
const MAX_SNAPSHOTS = 65536;
/** As large a table as QEMU takes is 64 MiB; that of a thousand snapshots has some hundred KiB. */
const MAX_TABLE_BYTES = 16 * 1024 * 1024;
const MAX_EXTRA_BYTES = 1024;
/** The disk's size stands in the extra data, behind the size of the machine's state. */
const SIZE_AT = 8;

export interface QcowSnapshot {
  id: string;
  name: string;
  /** Of the disk as it was, bytes. */
  size: number;
  /** Milliseconds since 1970. */
  createdAt: number;
  l1: L1Place;
}

/** @throws DamagedStructureError */
export async function readSnapshots(file: BlockSource, header: QcowHeader, signal: AbortSignal): Promise<QcowSnapshot[]> {
  const { count, offset } = header.snapshots;
  if (count === 0) return [];
  if (count > MAX_SNAPSHOTS || offset >= file.size) throw damaged(`it would have ${count} entries at byte ${offset}`);
  const table = await file.read(offset, Math.min(MAX_TABLE_BYTES, file.size - offset), signal);
  const snapshots: QcowSnapshot[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    const entry = snapshotEntry.read(table, at);
    const extra = at + snapshotEntry.size;
    const id = extra + entry.extraSize;
    const end = id + entry.idSize + entry.nameSize;
    if (entry.extraSize > MAX_EXTRA_BYTES || end > table.length) throw damaged(`entry ${index} does not lie within it`);
    const size = entry.extraSize >= SIZE_AT + 8 ? safeNumber(table.readBigUInt64BE(extra + SIZE_AT)) : header.size;
    snapshots.push({
      id: table.toString('utf8', id, id + entry.idSize),
      name: table.toString('utf8', id + entry.idSize, end),
      size,
      createdAt: entry.seconds * 1000,
      l1: { offset: safeNumber(entry.l1TableOffset), entries: entry.l1Size },
    });
    at = Math.ceil(end / 8) * 8;
  }
  return snapshots;
}

/** The one that is meant by its id or name, its table checked. @throws InvalidInputError when there is none, DamagedStructureError */
export function findSnapshot(
  snapshots: readonly QcowSnapshot[],
  wanted: string,
  file: BlockSource,
  header: QcowHeader,
): QcowSnapshot {
  const found = snapshots.find(({ name }) => name === wanted) ?? snapshots.find(({ id }) => id === wanted);
  if (!found) {
    const names = snapshots.slice(0, 20).map(({ name }) => name);
    throw new InvalidInputError(`the image has no snapshot "${wanted}"`, {
      todo: names.length === 0 ? 'It has none at all.' : `There are: ${names.join(', ')}${snapshots.length > 20 ? ', …' : ''}.`,
    });
  }
  if (found.size === Infinity) throw damaged(`the disk of "${found.name}" would be larger than 8 PiB`);
  if (found.l1.entries < l1EntriesFor(found.size, header)) throw damaged(`"${found.name}" has too small an L1 table`);
  return { ...found, l1: requireL1(found.l1, file, header.clusterBytes) };
}

function damaged(what: string): DamagedStructureError {
  return new DamagedStructureError('qcow2 snapshot table', `the table of snapshots of the image is damaged: ${what}`);
}
