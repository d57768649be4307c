/** On-disk structures, described declaratively: one description gives parser, encoder, field ranges, checks and reference page. */
export { array, nested } from './composite';
export { crc32 } from './crc32';
export { crc32c } from './crc32c';
export type { FieldType } from './fieldType';
export { hex16, hex32, hex64, hex8, i32, safeNumber, u16, u24, u32, u64, u8, unixTime32, type Endianness } from './integers';
export { shiftFinding, shiftStructure } from './shiftStructure';
export { field, struct, StructLayout, type Field, type FieldOptions, type StructValue } from './structLayout';
export { ascii, bytes, guid, utf16, utf8, uuid } from './text';
