import type { PlannedResult } from './applyChanges';
import type { PlannedChange, PlannedOperation } from './changes';

/** A change of a partition as it is planned so far: `number` is the one that it has in the result. */
export type ChangeOfResult = Exclude<PlannedChange, { kind: 'create' | 'initialize' }>;

/**
 * Adds what the user does to a partition of the result. What is done to a new partition becomes part of its creation, and what is done
 * again replaces what was done before, so that a drag in several goes is one operation.
 */
export function withChange(
  operations: readonly PlannedOperation[],
  result: PlannedResult,
  change: ChangeOfResult,
): PlannedOperation[] {
  const source = result.sources.get(change.number);
  const creation = operations.find(({ id }) => id === source?.operation);
  if (creation?.change.kind === 'create') {
    if (change.kind === 'delete') return withoutOperation(operations, creation.id);
    return withEdited(operations, creation.id, mergedCreation(creation.change, change));
  }
  const own = { ...change, number: source?.origin ?? change.number };
  const before = operations.find(
    (operation) => operation.change.kind === own.kind && 'number' in operation.change && operation.change.number === own.number,
  );
  if (!before) return withNew(operations, own);
  return withEdited(operations, before.id, own.kind === 'set' ? { ...before.change, ...own } : own);
}

export function withNew(operations: readonly PlannedOperation[], change: PlannedChange): PlannedOperation[] {
  const id = String(Math.max(0, ...operations.map((operation) => Number(operation.id))) + 1);
  return [...operations, { id, change }];
}

/** Takes one back; the others stay as they are and are judged anew. */
export function withoutOperation(operations: readonly PlannedOperation[], id: string): PlannedOperation[] {
  return operations.filter((operation) => operation.id !== id);
}

/** Puts another change in an operation's place. */
export function withEdited(operations: readonly PlannedOperation[], id: string, change: PlannedChange): PlannedOperation[] {
  return operations.map((operation) => (operation.id === id ? { id, change } : operation));
}

function mergedCreation(
  creation: Extract<PlannedChange, { kind: 'create' }>,
  change: Exclude<ChangeOfResult, { kind: 'delete' }>,
): PlannedChange {
  switch (change.kind) {
    case 'resize':
      return { ...creation, size: change.size };
    case 'move':
      return { ...creation, start: change.start };
    case 'set': {
      const { type = creation.type, name = creation.name } = change;
      return { ...creation, type, ...(name !== undefined && { name }) };
    }
  }
}
