import { InvalidInputError } from '@diskwright/sdk/errors';

/** Bytes that the user wants at a place of the device. */
export interface Edit {
  /** Which of the input's edits, from 0. */
  item: number;
  offset: number;
  bytes: Buffer;
}

/** What is wrong with one edit. */
export interface EditError {
  item: number;
  message: string;
}

/** The most bytes that one plan takes by value, so that its message stays below a frame of 1 MiB. */
const MAX_BYTES = 256 * 1024;

/** Reads the edits of an input; `size` is the device's, null when it is not known yet. Every edit that is wrong is an error, the others stay. */
export function readEdits(values: readonly unknown[], size: number | null): { edits: Edit[]; errors: EditError[] } {
  const edits: Edit[] = [];
  const errors: EditError[] = [];
  for (const [item, value] of values.entries()) {
    const edit = readEdit(value, item, size);
    if (typeof edit === 'string') errors.push({ item, message: edit });
    else edits.push(edit);
  }
  const inOrder = [...edits].sort((a, b) => a.offset - b.offset || a.item - b.item);
  for (const [index, edit] of inOrder.entries()) {
    const before = inOrder[index - 1];
    if (!before || endOf(before) <= edit.offset) continue;
    const [first, second] = before.item < edit.item ? [before, edit] : [edit, before];
    errors.push({
      item: second.item,
      message: `overlaps edit ${first.item + 1} from byte ${edit.offset} to ${Math.min(endOf(before), endOf(edit)) - 1}`,
    });
  }
  const total = edits.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (total > MAX_BYTES)
    errors.push({
      item: edits.at(-1)!.item,
      message: `brings all edits to ${total} bytes; one plan takes ${MAX_BYTES}: make several`,
    });
  return { edits: inOrder, errors };
}

/** @throws InvalidInputError naming the first edit that is wrong, with all of them in its details */
export function requireEdits(values: readonly unknown[], size: number): Edit[] {
  if (values.length === 0)
    throw new InvalidInputError('there are no edits', { todo: 'Give at least one, with offset and bytes.' });
  const { edits, errors } = readEdits(values, size);
  const lines = errors.map(({ item, message }) => `edit ${item + 1}: ${message}`);
  if (lines.length > 0)
    throw new InvalidInputError(lines[0]!, { item: errors[0]!.item, ...(lines.length > 1 && { details: lines.slice(0, 64) }) });
  return edits;
}

/** First byte behind an edit. */
export const endOf = ({ offset, bytes }: Edit): number => offset + bytes.length;

function readEdit(value: unknown, item: number, size: number | null): Edit | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is no object with offset and bytes';
  const { offset, bytes, ...others } = value as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return `has a field "${unknown}"; there are offset and bytes`;
  if (!Number.isSafeInteger(offset) || (offset as number) < 0) return 'its offset is no whole number of bytes, 0 or more';
  if (typeof bytes !== 'string' || !/^[0-9a-fA-F]*$/.test(bytes))
    return 'its bytes are not in hexadecimal digits, such as "55aa"';
  if (bytes.length === 0) return 'has no bytes';
  if (bytes.length % 2 !== 0) return `has ${bytes.length} hexadecimal digits; two make a byte`;
  const edit = { item, offset: offset as number, bytes: Buffer.from(bytes, 'hex') };
  if (size !== null && endOf(edit) > size) return `reaches to byte ${endOf(edit) - 1}, beyond the device's last one, ${size - 1}`;
  return edit;
}
