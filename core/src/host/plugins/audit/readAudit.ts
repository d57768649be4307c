import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditRecord } from '../../../common/audit';
import { byAge, isAuditFile } from '../../../common/auditFiles';

export interface AuditFilter {
  /** Its id: what it read, and what jobs read and wrote whose plans it made. */
  plugin?: string;
  /** The device's name, absolute. */
  device?: string;
  operation?: 'read' | 'write';
  /** ISO 8601, in UTC: what ended before it does not fit. */
  since?: string;
  /** At most so many, the newest. */
  limit: number;
}

/** The records of the audit log that fit, the newest first. Lines that are no record, such as one that was cut off by a loss of power, are passed over. */
export async function readAudit(dataFolder: string, filter: AuditFilter): Promise<AuditRecord[]> {
  const folder = join(dataFolder, 'audit');
  const names = (await readdir(folder).catch(() => [])).filter(isAuditFile).sort(byAge).reverse();
  const found = new Map<string, AuditRecord>();
  for (const name of names) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => '');
    for (const line of text.split('\n').reverse()) {
      const record = parse(line);
      if (!record || found.has(record.id)) continue;
      if (!fits(record, filter)) continue;
      found.set(record.id, record);
      if (found.size === filter.limit) return [...found.values()];
    }
  }
  return [...found.values()];
}

function fits(record: AuditRecord, { plugin, device, operation, since }: AuditFilter): boolean {
  return (
    (plugin === undefined || record.plugin === plugin) &&
    (device === undefined || record.device === device) &&
    (operation === undefined || record.operation === operation) &&
    (since === undefined || record.last >= since)
  );
}

function parse(line: string): AuditRecord | null {
  if (line === '') return null;
  try {
    const record = JSON.parse(line) as AuditRecord;
    return typeof record.id === 'string' && Array.isArray(record.ranges) ? record : null;
  } catch {
    return null;
  }
}
