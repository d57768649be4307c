/**
 * What the user plans to do with a partition table. Offsets and sizes are bytes on the device. As in the protocol's `partitionTable/edit`,
 * `number` names a partition of the table as it is, whatever the other changes do, and the order of changes means nothing.
 */
export type PlannedChange =
  | { kind: 'create'; start: number; size: number; type: string; name?: string }
  | { kind: 'delete'; number: number }
  | { kind: 'resize'; number: number; size: number }
  | { kind: 'move'; number: number; start: number }
  /** A new, empty table in place of the one that is there; the only other changes beside it are creations. */
  | { kind: 'initialize'; table: 'gpt' | 'mbr' }
  | { kind: 'set'; number: number; type?: string; name?: string; bootable?: boolean };

/** A change with what names it in the list of what is planned. */
export interface PlannedOperation {
  id: string;
  change: PlannedChange;
}
