import { InvalidInputError, RefusedError, type ErrorDetail } from '@diskwright/sdk/errors';
import type { PartitionOperation } from '@diskwright/sdk/protocol';

/** An operation of one kind, and which of the list it is, from 0. */
export type Listed<K extends PartitionOperation['kind']> = Extract<PartitionOperation, { kind: K }> & { item: number };

/** What all operations together want of one partition. */
export interface Intent {
  delete?: Listed<'delete'>;
  resize?: Listed<'resize'>;
  move?: Listed<'move'>;
  set?: Listed<'set'>;
}

/** What all operations together want, in whichever order they were given. */
export interface Intents {
  creates: Listed<'create'>[];
  /** By the partition's number in the table as it was read. */
  changes: ReadonlyMap<number, Intent>;
}

/**
 * Sorts operations by what they concern.
 * @throws InvalidInputError for a partition that is not there, what is not in whole sectors, and what contradicts another operation
 */
export function collectIntents(
  operations: readonly PartitionOperation[],
  numbers: ReadonlySet<number>,
  sectorSize: number,
): Intents {
  const creates: Listed<'create'>[] = [];
  const changes = new Map<number, Intent>();
  for (const [item, operation] of operations.entries()) {
    checkSectors(operation, item, sectorSize);
    if (operation.kind === 'create') {
      creates.push({ ...operation, item });
      continue;
    }
    const { number, kind } = operation;
    if (!numbers.has(number)) throw invalid(item, `the table has no partition ${number}`);
    const intent = changes.get(number) ?? {};
    const earlier = intent[kind] ?? (kind === 'delete' ? Object.values(intent)[0] : intent.delete);
    if (earlier)
      throw invalid(
        item,
        `partition ${number} cannot be changed so, since operation ${earlier.item + 1} is to ${words(earlier)} it`,
      );
    changes.set(number, { ...intent, [kind]: { ...operation, item } });
  }
  return { creates, changes };
}

const words = ({ kind }: PartitionOperation): string => (kind === 'set' ? 'change the entry of' : kind);

function checkSectors(operation: PartitionOperation, item: number, sectorSize: number): void {
  const check = (what: string, bytes: number, least: number): void => {
    if (bytes % sectorSize !== 0 || bytes < least)
      throw invalid(item, `the ${what}, ${bytes} bytes, is not a whole number of sectors of ${sectorSize} bytes, at least one`);
  };
  if ('start' in operation) check('start', operation.start, sectorSize);
  if ('size' in operation) check('size', operation.size, sectorSize);
}

/** An error about one operation, counted from 1 in its message. */
export function invalid(item: number, message: string, detail: ErrorDetail = {}): InvalidInputError {
  return new InvalidInputError(`operation ${item + 1}: ${message}`, { ...detail, item });
}

/** A refusal of one operation; of the table itself when there is none. */
export function refused(item: number | null, message: string, detail: ErrorDetail = {}): RefusedError {
  return item === null
    ? new RefusedError(message, detail)
    : new RefusedError(`operation ${item + 1}: ${message}`, { ...detail, item });
}
