import { InvalidInputError } from '@diskwright/sdk/errors';
import type { NewTableKind, PartitionOperation } from '@diskwright/sdk/protocol';

/** What the user wants: changes of the table that is there, or a new one. */
export interface Wanted {
  /** Which operation asks for a new table, and which kind; null to change the one that is there. */
  initialize: { item: number; table: NewTableKind } | null;
  /** All others, each with its place in the input, from 0. */
  operations: { item: number; operation: PartitionOperation }[];
}

/** What is wrong with one operation. */
export interface OperationError {
  item: number;
  message: string;
}

type Reader = (value: unknown) => string | null;
const position: Reader = (value) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? null : 'is no whole number of bytes, 0 or more';
const number: Reader = (value) => (Number.isSafeInteger(value) && (value as number) >= 1 ? null : 'is no partition number');
const text: Reader = (value) =>
  typeof value === 'string' && value.length <= 256 ? null : 'is no text of at most 256 characters';
const type: Reader = (value) => text(value) ?? (value === '' ? 'is empty' : null);
const flag: Reader = (value) => (typeof value === 'boolean' ? null : 'is neither true nor false');
const table: Reader = (value) => (value === 'gpt' || value === 'mbr' ? null : 'is neither "gpt" nor "mbr"');

/** The fields of each kind. */
const KINDS: Record<string, { required: Record<string, Reader>; optional: Record<string, Reader> }> = {
  create: { required: { start: position, size: position, type }, optional: { name: text, bootable: flag } },
  delete: { required: { number }, optional: {} },
  resize: { required: { number, size: position }, optional: {} },
  move: { required: { number, start: position }, optional: {} },
  set: { required: { number }, optional: { type, name: text, bootable: flag } },
  initialize: { required: { table }, optional: {} },
};

/** Reads the operations of an input: all that can be read, and what is wrong with the others. */
export function readOperations(values: readonly unknown[]): { wanted: Wanted; errors: OperationError[] } {
  const wanted: Wanted = { initialize: null, operations: [] };
  const errors: OperationError[] = [];
  for (const [item, value] of values.entries()) {
    const problem = problemOf(value);
    if (problem !== null) errors.push({ item, message: problem });
    else if ((value as { kind: string }).kind !== 'initialize')
      wanted.operations.push({ item, operation: value as PartitionOperation });
    else if (wanted.initialize)
      errors.push({ item, message: `operation ${wanted.initialize.item + 1} makes a new table already` });
    else wanted.initialize = { item, table: (value as { table: NewTableKind }).table };
  }
  if (wanted.initialize) {
    for (const { item, operation } of wanted.operations) {
      if (operation.kind !== 'create')
        errors.push({
          item,
          message: `operation ${wanted.initialize.item + 1} makes a new table, on which partitions can only be created`,
        });
    }
  }
  return { wanted, errors };
}

/** @throws InvalidInputError naming the first operation that is wrong, with all of them in its details */
export function requireOperations(values: readonly unknown[]): Wanted {
  if (values.length === 0)
    throw new InvalidInputError('there are no operations', { todo: `Give at least one; its kind is ${kinds()}.` });
  const { wanted, errors } = readOperations(values);
  const lines = errors.map(({ item, message }) => `operation ${item + 1}: ${message}`);
  const details = lines.length > 1 ? { details: lines.slice(0, 64) } : {};
  if (lines.length > 0) throw new InvalidInputError(lines[0]!, { item: errors[0]!.item, ...details });
  return wanted;
}

const kinds = (): string => Object.keys(KINDS).join(', ');

function problemOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is no object with a kind';
  const { kind, ...fields } = value as Record<string, unknown>;
  if (typeof kind !== 'string' || !Object.hasOwn(KINDS, kind)) return `has no kind that is known; there are ${kinds()}`;
  const { required, optional } = KINDS[kind]!;
  for (const [name, field] of Object.entries(fields)) {
    const read = required[name] ?? optional[name];
    if (!read) return `has a field "${name}"; "${kind}" has ${Object.keys({ ...required, ...optional }).join(', ')}`;
    const problem = read(field);
    if (problem !== null) return `its ${name} ${problem}`;
  }
  const missing = Object.keys(required).find((name) => !Object.hasOwn(fields, name));
  return missing === undefined ? null : `"${kind}" needs a ${missing}`;
}
