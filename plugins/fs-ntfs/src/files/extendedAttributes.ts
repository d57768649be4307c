import { attributeOf, requireWhole } from '../records/attributes';
import type { FileRecord } from '../records/fileRecord';
import type { MasterFileTable } from '../records/masterFileTable';
import { readPieces } from '../records/readPieces';
import { AttributeType } from '../structures/fileRecord';

/** Names of streams hold no colon, so that no stream is called so. */
export const EA_PREFIX = 'ea:';
/** All extended attributes of a file together (ntfs-3g, MAX_EA_SIZE). */
const LONGEST_BYTES = 65536;
const HEADER_BYTES = 8;

export interface ExtendedAttribute {
  /** With the prefix. */
  name: string;
  value: Buffer;
}

/** The extended attributes of a file, as those of OS/2 and of WSL are, as far as they make sense. @throws DamagedStructureError, what `read` throws */
export async function extendedAttributesOf(
  table: MasterFileTable,
  file: FileRecord,
  signal: AbortSignal,
): Promise<ExtendedAttribute[]> {
  const attribute = await attributeOf(table, file, AttributeType.EA, '', signal);
  if (!attribute) return [];
  requireWhole(attribute, file.number);
  const length = Math.min(attribute.size, LONGEST_BYTES);
  const bytes = attribute.value ?? (await readPieces(table.source, attribute.runs!, 0, length, signal));
  const found: ExtendedAttribute[] = [];
  for (let at = 0; at + HEADER_BYTES <= bytes.length;) {
    const next = bytes.readUInt32LE(at);
    const nameEnd = at + HEADER_BYTES + bytes[at + 5]!;
    const valueStart = nameEnd + 1;
    const valueEnd = valueStart + bytes.readUInt16LE(at + 6);
    if (valueEnd > bytes.length) break;
    const name = EA_PREFIX + bytes.toString('latin1', at + HEADER_BYTES, nameEnd);
    found.push({ name, value: Buffer.from(bytes.subarray(valueStart, valueEnd)) });
    if (next < HEADER_BYTES) break;
    at += next;
  }
  return found;
}
