import { bytes, field, hex8, struct, u8 } from '@diskwright/sdk/struct';
import { both16, both32 } from './bothEndian';

/** Bits of a record's flags. */
export const RecordFlag = { HIDDEN: 0x1, DIRECTORY: 0x2, ASSOCIATED: 0x4, MULTI_EXTENT: 0x80 } as const;
/** Bytes before the name. */
export const RECORD_HEAD_BYTES = 33;

/** An entry of a directory; behind it come the name and, padded to an even place, the system use area. */
export const directoryRecord = struct('ISO 9660 directory record', 'ECMA-119, 4th edition, 10.1', {
  length: field(u8(), 'bytes of the record'),
  attributeBlocks: field(u8(), 'blocks of the extended attribute record, in front of the content'),
  block: field(both32(), 'where the content begins'),
  size: field(both32(), 'bytes of the content'),
  recorded: field(bytes(7), 'year since 1900, month, day, hour, minute, second, quarters of an hour east of UTC'),
  flags: field(hex8(), 'bit 0: hidden; 1: directory; 2: associated file; 7: more of the file in the next record'),
  unitSize: field(u8(), 'of an interleaved file'),
  gapSize: field(u8(), 'of an interleaved file'),
  volume: field(both16(), 'volume of the set'),
  nameLength: field(u8()),
});
