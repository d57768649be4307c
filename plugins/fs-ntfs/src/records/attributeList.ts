import { attributeListEntry } from '../structures/fileRecord';
import { readRecordNumber, readSize } from './littleEndian';

/** Windows allows no longer list. */
export const LONGEST_LIST_BYTES = 256 * 1024;

const at = (name: Parameters<typeof attributeListEntry.range>[0]): number => attributeListEntry.range(name).offset;
const offsets = { length: at('length'), lowestVcn: at('lowestVcn'), record: at('record') } as const;

/** Where a part of an attribute is: in which record, and which cluster of the attribute it begins with. */
export interface ListedPart {
  type: number;
  lowestVcn: number;
  record: number;
}

/** The entries of an attribute list, as far as they make sense. */
export function listedParts(list: Buffer): ListedPart[] {
  const parts: ListedPart[] = [];
  for (let start = 0; start + attributeListEntry.size <= list.length;) {
    const length = list.readUInt16LE(start + offsets.length);
    if (length < attributeListEntry.size || start + length > list.length) break;
    parts.push({
      type: list.readUInt32LE(start),
      lowestVcn: readSize(list, start + offsets.lowestVcn),
      record: readRecordNumber(list, start + offsets.record),
    });
    start += length;
  }
  return parts;
}
