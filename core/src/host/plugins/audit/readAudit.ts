import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditRecord } from '../../../common/audit';

export interface AuditFilter {
  plugin?: string;
  /** The device's name, absolute. */
  device?: string;
  /** At most so many, the newest. */
  limit: number;
}

/** The records of the audit log that fit, the newest first. Lines that are no record, such as one that was cut off by a loss of power, are passed over. */
export async function readAudit(dataFolder: string, { plugin, device, limit }: AuditFilter): Promise<AuditRecord[]> {
  const folder = join(dataFolder, 'audit');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.jsonl')).sort(byAge);
  const found = new Map<string, AuditRecord>();
  for (const name of names) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => '');
    for (const line of text.split('\n').reverse()) {
      const record = parse(line);
      if (!record || found.has(record.id)) continue;
      if ((plugin !== undefined && record.plugin !== plugin) || (device !== undefined && record.device !== device)) continue;
      found.set(record.id, record);
      if (found.size === limit) return [...found.values()];
    }
  }
  return [...found.values()];
}

/** The newest first: by day, and by number within a day, of which the first file has none. */
function byAge(a: string, b: string): number {
  const [dayA, partA] = parts(a);
  const [dayB, partB] = parts(b);
  return dayA === dayB ? partB - partA : dayA < dayB ? 1 : -1;
}

function parts(name: string): [string, number] {
  return [name.slice(0, 10), Number(/^.{10}\.(\d+)\./.exec(name)?.[1] ?? 0)];
}

function parse(line: string): AuditRecord | null {
  if (line === '') return null;
  try {
    const record = JSON.parse(line) as AuditRecord;
    return typeof record.id === 'string' && typeof record.plugin === 'string' && Array.isArray(record.ranges) ? record : null;
  } catch {
    return null;
  }
}
