import { type EditableLayout, encodePlacedField, type EncodedField, type FieldEdit } from '@diskwright/sdk';
import type { ExtVolume } from './volume';

/**
 * The bytes of an edited field of one of `layouts`, which may lie anywhere on the volume. Where metadata_csum is on, the structure's `checksum` is a
 * field of its own that has to follow; until it does, the structure shows it as a finding, with the right value.
 * @throws InvalidInputError for a structure that is not there, or a text that is no value of the field
 */
export function encodeField(
  volume: ExtVolume,
  layouts: readonly (EditableLayout & { readonly size: number })[],
  edit: FieldEdit,
): EncodedField {
  const offset = edit.structureOffset;
  const onVolume = layouts.filter(({ size }) => offset >= 0 && offset <= volume.source.size - size);
  return encodePlacedField(
    onVolume.map((layout) => ({ layout, offset })),
    edit,
  );
}
