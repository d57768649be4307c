import { InvalidInputError } from '../errors';
import type { EncodedField, FieldEdit } from './common';

/** What editing needs of a structure's description; every `StructLayout` is one, whatever its fields. */
export interface EditableLayout {
  readonly name: string;
  /** `offset` is from the structure's start. @throws RangeError for a bad name or text */
  encodeField(path: readonly string[], text: string): EncodedField;
}

/** A structure that can be edited, and where it lies: bytes from the start of the volume or device. */
export interface PlacedLayout {
  readonly layout: EditableLayout;
  readonly offset: number;
}

/**
 * The bytes of an edited field, for a provider's `encodeField`: those of the first structure of `placed` that has the name and the offset of the edit.
 * Takes no more of `placed` than it needs.
 * @throws InvalidInputError when there is no such structure or field, or the text is no value of it
 */
export function encodePlacedField(placed: Iterable<PlacedLayout>, edit: FieldEdit): EncodedField {
  const { structure, structureOffset } = edit;
  for (const { layout, offset } of placed) {
    if (offset === structureOffset && layout.name === structure) return encodeAt(offset, layout, edit);
  }
  throw new InvalidInputError(`there is no ${structure} at offset ${structureOffset} that can be edited`, {
    offset: structureOffset,
  });
}

function encodeAt(start: number, layout: EditableLayout, edit: FieldEdit): EncodedField {
  try {
    const { offset, bytes } = layout.encodeField(edit.field, edit.value);
    return { offset: start + offset, bytes };
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidInputError(`${layout.name}: ${error.message}`, { offset: start });
    throw error;
  }
}
