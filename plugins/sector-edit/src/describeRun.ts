import type { ByteRange } from '@diskwright/sdk/protocol';
import type { Run } from './runs';
import type { MetStructure, Surroundings } from './surroundings';

/** The most fields that one reason lists. */
const MAX_FIELDS = 12;
/** The protocol's bound on a structure's name. */
const MAX_NAME = 256;

/** A run of bytes with what it changes. */
export interface DescribedRun extends Run {
  /** What it lies in: structures, or partitions. */
  structure: string;
  /** The fields that change, with their old values. */
  reason: string;
  met: MetStructure[];
}

/** Finds out what the bytes of a run belong to. */
export async function describeRun(run: Run, surroundings: Surroundings): Promise<DescribedRun> {
  const range = { offset: run.offset, length: run.bytes.length };
  const met = await surroundings.structuresAt(range);
  const names = [...new Set(met.map(({ structure, owner }) => `${structure.name}, ${owner.name}`))];
  const place = surroundings.describe(range);
  const structure = cut(names.length > 0 ? names.join('; ') : place, MAX_NAME);
  const fields = met.flatMap((found) => fieldLines(found, met.length > 1));
  if (uncovered(range, met) > 0)
    fields.push(met.length > 0 ? `other bytes in ${place}` : `bytes in ${place} that belong to no known structure`);
  const more = fields.length - MAX_FIELDS;
  const listed = more > 0 ? [...fields.slice(0, MAX_FIELDS), `${more} more`] : fields;
  return { ...run, structure, reason: listed.join('; '), met };
}

function fieldLines({ structure, fields }: MetStructure, named: boolean): string[] {
  const prefix = named ? `${structure.name} at byte ${structure.offset}: ` : '';
  if (fields.length === 0) return [`${prefix}bytes that no field describes`];
  return fields.map(({ name, value }) => `${prefix}field ${name}, was ${value === '' ? 'empty' : cut(value, 64)}`);
}

/** Bytes of a range outside of all structures. */
function uncovered({ offset, length }: ByteRange, met: readonly MetStructure[]): number {
  let at = offset;
  let bytes = 0;
  const inOrder = met.map(({ structure }) => structure).sort((a, b) => a.offset - b.offset);
  for (const structure of inOrder) {
    bytes += Math.max(0, structure.offset - at);
    at = Math.max(at, structure.offset + structure.length);
  }
  return bytes + Math.max(0, offset + length - at);
}

/** At most `length` characters. */
export const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
