import type { EncodedField, WriteProposal } from './common';

/** One of the copies that a volume keeps of a structure, as it was read. */
export interface StructureCopy {
  /** The copy in words, as a {@link WriteProposal} names it: `FAT32 backup boot sector`. */
  name: string;
  /** Bytes from the start of the volume or device. */
  offset: number;
  raw: Buffer;
}

/** A field and the value that it should have in every copy of its structure. */
export interface FieldCorrection<Name extends string, Value extends number | bigint | string> {
  /** The structure's description: a `StructLayout` with a field of that name. */
  layout: { read(raw: Buffer): { readonly [P in Name]: Value }; encodeField(field: string, text: string): EncodedField };
  field: Name;
  value: NoInfer<Value>;
  /** The field as the reason for the write names it: `hidden sectors`. */
  words: string;
}

/**
 * The writes that bring a field to its value in those copies of a structure where it is another; none where all have it. They cover the field alone: a
 * checksum over it is a field of its own.
 * @throws RangeError when the value does not fit the field, DamagedStructureError when a copy is shorter than the structure
 */
export function correctField<Name extends string, Value extends number | bigint | string>(
  copies: readonly StructureCopy[],
  { layout, field, value, words }: FieldCorrection<Name, Value>,
): WriteProposal[] {
  return copies.flatMap(({ name, offset, raw }) => {
    const found = layout.read(raw)[field];
    if (found === value) return [];
    const encoded = layout.encodeField(field, String(value));
    const reason = `${words}: ${value} instead of ${found}`;
    return [{ offset: offset + encoded.offset, bytes: encoded.bytes, structure: name, reason }];
  });
}
