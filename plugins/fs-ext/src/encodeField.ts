import type { EncodedField, FieldEdit } from '@diskwright/sdk';
import { InvalidInputError } from '@diskwright/sdk/errors';
import type { ExtVolume } from './volume';

/** What editing needs of a structure's description. */
interface EditableLayout {
  readonly name: string;
  readonly size: number;
  encodeField(path: readonly string[], text: string): { offset: number; bytes: Buffer };
}

/**
 * The bytes of an edited field of one of `layouts`. Where metadata_csum is on, the structure's `checksum` is a field of its own that has to follow;
 * until it does, the structure shows it as a finding, with the right value.
 * @throws InvalidInputError for a structure that is not there, or a text that is no value of the field
 */
export function encodeField(volume: ExtVolume, layouts: readonly EditableLayout[], edit: FieldEdit): EncodedField {
  const layout = layouts.find(({ name }) => name === edit.structure);
  if (!layout) throw new InvalidInputError(`there is no structure "${edit.structure}" on this volume`);
  const isInside = edit.structureOffset >= 0 && edit.structureOffset <= volume.source.size - layout.size;
  if (!isInside) throw new InvalidInputError(`${edit.structure} at ${edit.structureOffset} does not lie on the volume`);
  try {
    const { offset, bytes } = layout.encodeField(edit.field, edit.value);
    return { offset: edit.structureOffset + offset, bytes };
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidInputError(error.message, { offset: edit.structureOffset });
    throw error;
  }
}
