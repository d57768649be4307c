import { rangesMeet } from '@diskwright/sdk/extents';
import type { ByteRange, StructureField, StructureInstance } from '@diskwright/sdk/protocol';

/** A field that an edit reaches. */
export interface EditedField {
  /** Names from the outside in, joined by dots. */
  name: string;
  /** As it is shown. */
  value: string;
  offset: number;
  length: number;
}

/** The innermost fields of a structure that meet a range; offsets as the structure has them. */
export function fieldsAt(structure: StructureInstance, range: ByteRange): EditedField[] {
  return [...leaves(structure.fields, [])].filter((field) => rangesMeet(field, range));
}

/**
 * The fields of a structure that hold a checksum over it, as far as their names say, and are in use: zeros are what features without checksums leave.
 * Those over something else that the structure describes are not meant.
 */
export function checksumFields(structure: StructureInstance): EditedField[] {
  return [...leaves(structure.fields, [])].filter(
    ({ name, value }) =>
      /(crc(16|32c?)?|checksum(low|high)?)$/i.test(name) && !/bitmap|array/i.test(name) && !/^(0x)?0+( |$)/.test(value),
  );
}

function* leaves(fields: readonly StructureField[], path: readonly string[]): Generator<EditedField> {
  for (const { name, value, offset, length, fields: parts } of fields) {
    if (parts) yield* leaves(parts, [...path, name]);
    else yield { name: [...path, name].join('.'), value, offset, length };
  }
}
