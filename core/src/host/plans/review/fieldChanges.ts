import { rangesMeet } from '@diskwright/sdk/extents';
import type { ByteRange, StructureField, StructureInstance } from '@diskwright/sdk/protocol';
import type { ByteChange, FieldChange } from '../../../common/workbench';

/** Of one change, and of all together: an answer must fit into a message. */
const MAX_FIELDS = 256;
const MAX_ALL_FIELDS = 768;
const MAX_VALUE_CHARACTERS = 160;

interface Leaf extends ByteRange {
  field: string;
  value: string;
}

/**
 * The fields that read otherwise after a plan: by structures of the same name at the same place, and all fields of those that appear or vanish. Both
 * lists with offsets from the start of the device.
 */
export function changedFields(before: readonly StructureInstance[], after: readonly StructureInstance[]): FieldChange[] {
  const old = byPlace(before);
  const recent = byPlace(after);
  const changes: FieldChange[] = [];
  for (const key of new Set([...old.keys(), ...recent.keys()])) {
    changes.push(...changesIn((old.get(key) ?? recent.get(key))!.name, leavesOf(old.get(key)), leavesOf(recent.get(key))));
  }
  return changes.sort((a, b) => a.offset - b.offset);
}

/**
 * Puts fields to the changes whose bytes they lie in; one that several steps write stands with the last, whose bytes remain.
 * @param fields by the device's name in the plan
 */
export function assignFields(
  changes: readonly ByteChange[],
  fields: ReadonlyMap<string, readonly FieldChange[]>,
): { changes: ByteChange[]; truncated: boolean } {
  const assigned = changes.map((change) => ({ ...change, fields: [] as FieldChange[] }));
  let left = MAX_ALL_FIELDS;
  let truncated = false;
  for (const [device, changed] of fields) {
    const written = assigned.filter((change) => change.device === device);
    for (const field of changed) {
      const change = written.findLast((candidate) => rangesMeet(candidate, field));
      if (!change) continue;
      if (left === 0 || change.fields.length === MAX_FIELDS) truncated = true;
      else {
        change.fields.push(field);
        left--;
      }
    }
  }
  return { changes: assigned, truncated };
}

function byPlace(structures: readonly StructureInstance[]): Map<string, StructureInstance> {
  return new Map(structures.map((structure) => [`${structure.offset} ${structure.name}`, structure]));
}

function changesIn(structure: string, before: ReadonlyMap<string, Leaf>, after: ReadonlyMap<string, Leaf>): FieldChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((field) => {
    const was = before.get(field);
    const is = after.get(field);
    if (was?.value === is?.value) return [];
    const { offset, length } = (is ?? was)!;
    return [{ structure, field, offset, length, before: shortened(was?.value), after: shortened(is?.value) }];
  });
}

/** Fields without fields of their own, by their dotted names. */
function leavesOf(structure: StructureInstance | undefined): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const walk = (fields: readonly StructureField[], path: string): void => {
    for (const { name, offset, length, value, fields: inner } of fields) {
      const field = path === '' ? name : `${path}.${name}`;
      if (inner && inner.length > 0) walk(inner, field);
      else leaves.set(field, { field, offset, length, value });
    }
  };
  walk(structure?.fields ?? [], '');
  return leaves;
}

function shortened(value = ''): string {
  return value.length > MAX_VALUE_CHARACTERS ? `${value.slice(0, MAX_VALUE_CHARACTERS - 1)}…` : value;
}
