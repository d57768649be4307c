/** What the user plans to do with a partition table. Offsets and sizes are bytes on the device. */
export type PlannedChange =
  | { kind: 'create'; number: number; start: number; size: number; type: string; name: string }
  | { kind: 'delete'; number: number }
  | { kind: 'resize'; number: number; size: number }
  | { kind: 'move'; number: number; start: number };

/** A change with what names it in the list of what is planned. */
export interface PlannedOperation {
  id: string;
  change: PlannedChange;
}

/** `apply` of a plugin's command takes operations without what it finds out itself: the number that a new partition gets. */
export function commandOperation({ change }: PlannedOperation): Record<string, unknown> {
  if (change.kind !== 'create') return { ...change };
  const { number: _number, name, ...rest } = change;
  return { ...rest, ...(name && { name }) };
}
