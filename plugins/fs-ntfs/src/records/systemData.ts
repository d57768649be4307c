import { DamagedStructureError } from '@diskwright/sdk/errors';
import { AttributeType } from '../structures/fileRecord';
import type { Attribute } from './attribute';
import { attributeOf, requireWhole } from './attributes';
import type { MasterFileTable } from './masterFileTable';

/** Records of the system's own files. */
export const SystemRecord = { MFT: 0, MIRROR: 1, LOG: 2, VOLUME: 3, ROOT: 5, BITMAP: 6, BOOT: 7, BAD_CLUSTERS: 8 } as const;

/** The content of one of the system's files. @throws DamagedStructureError when it has none, or it makes no sense; what `read` throws */
export async function systemData(table: MasterFileTable, number: number, signal: AbortSignal): Promise<Attribute> {
  const record = await table.read(number, signal);
  const data = await attributeOf(table, record, AttributeType.DATA, '', signal);
  if (!data) throw new DamagedStructureError('NTFS file record', `the system file in record ${number} has no content`);
  requireWhole(data, number);
  return data;
}
