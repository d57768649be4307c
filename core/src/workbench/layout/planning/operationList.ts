import type { PlannedChange, PlannedOperation } from './changes';

/**
 * Adds a change. Growing or moving what an operation of the same kind grows or moves already replaces that one, so that a drag in
 * several goes is one operation; and what is done to a partition that the list creates becomes part of its creation.
 */
export function withChange(operations: readonly PlannedOperation[], change: PlannedChange): PlannedOperation[] {
  if (change.kind === 'create') return [...operations, { id: nextId(operations), change }];
  if (change.kind === 'delete') {
    const made = operations.findLastIndex(
      (operation) => operation.change.kind === 'create' && operation.change.number === change.number,
    );
    // What was only planned is planned no more, and what was done to it since goes with it.
    if (made >= 0) return operations.filter((operation, at) => at < made || operation.change.number !== change.number);
    return [...operations, { id: nextId(operations), change }];
  }
  const index = operations.findLastIndex(
    (operation) =>
      operation.change.number === change.number && (operation.change.kind === change.kind || operation.change.kind === 'create'),
  );
  const barrier = operations.findLastIndex(
    (operation) => operation.change.kind === 'delete' && operation.change.number === change.number,
  );
  if (index <= barrier) return [...operations, { id: nextId(operations), change }];
  return operations.map((operation, at) =>
    at === index ? { ...operation, change: merged(operation.change, change) } : operation,
  );
}

/** Takes one back; the others stay as they are and are judged anew. */
export function withoutOperation(operations: readonly PlannedOperation[], id: string): PlannedOperation[] {
  return operations.filter((operation) => operation.id !== id);
}

/** Puts another change in an operation's place. */
export function withEdited(operations: readonly PlannedOperation[], id: string, change: PlannedChange): PlannedOperation[] {
  return operations.map((operation) => (operation.id === id ? { id, change } : operation));
}

function merged(before: PlannedChange, change: PlannedChange): PlannedChange {
  if (before.kind !== 'create') return change;
  if (change.kind === 'resize') return { ...before, size: change.size };
  return change.kind === 'move' ? { ...before, start: change.start } : before;
}

function nextId(operations: readonly PlannedOperation[]): string {
  const numbers = operations.map(({ id }) => Number(id));
  return String(Math.max(0, ...numbers) + 1);
}
