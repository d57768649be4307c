import type { StructureField, StructureInstance } from '../protocol/types';

/** The same structure with all offsets further by `bytes`: from the start of the device rather than of the volume. */
export function shiftStructure(structure: StructureInstance, bytes: number): StructureInstance {
  if (bytes === 0) return structure;
  return {
    ...structure,
    offset: structure.offset + bytes,
    fields: structure.fields.map((field) => shiftField(field, bytes)),
    findings: structure.findings.map((finding) => shiftFinding(finding, bytes)),
  };
}

/** The same finding with its ranges further by `bytes`. */
export function shiftFinding<F extends { ranges: { offset: number; length: number }[] }>(finding: F, bytes: number): F {
  return { ...finding, ranges: finding.ranges.map(({ offset, length }) => ({ offset: offset + bytes, length })) };
}

function shiftField(field: StructureField, bytes: number): StructureField {
  const { fields } = field;
  return { ...field, offset: field.offset + bytes, ...(fields && { fields: fields.map((inner) => shiftField(inner, bytes)) }) };
}
