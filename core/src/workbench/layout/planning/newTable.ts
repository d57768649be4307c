import type { PlanningBase } from './applyChanges';
import type { PlannedOperation } from './changes';

/** Bytes of a GPT's partition entries. */
const ENTRIES = 128 * 128;
const MBR_MOST_SECTORS = 2 ** 32 - 1;

/** What planning starts from when the operations hold a new table: that table without partitions; else the base as it is. */
export function withNewTable(base: PlanningBase, operations: readonly PlannedOperation[]): PlanningBase {
  const change = operations.map((operation) => operation.change).find(({ kind }) => kind === 'initialize');
  if (change?.kind !== 'initialize') return base;
  const { size, sectorSize } = base.layout.device;
  const half = sectorSize + ENTRIES;
  const structures =
    change.table === 'gpt'
      ? [
          { offset: 0, length: sectorSize + half, name: 'protective MBR, primary GPT' },
          { offset: size - half, length: half, name: 'backup GPT' },
        ]
      : [{ offset: 0, length: sectorSize, name: 'MBR' }];
  const end = change.table === 'gpt' ? size - half : Math.min(size, MBR_MOST_SECTORS * sectorSize);
  const start = structures[0]!.length;
  return {
    layout: {
      ...base.layout,
      table: { type: change.table, id: null },
      partitions: [],
      volume: null,
      gaps: [{ start, size: Math.max(0, end - start) }],
      findings: [],
    },
    usable: { offset: start, length: Math.max(0, end - start) },
    structures,
  };
}
