import type { DeviceLayoutAnswer, Workbench } from '../../api';
import type { DragResult } from '../../widgets/diskMap/mapPlanner';
import type { LaidPartition } from '../../widgets/diskMap/regions';
import { executeCommand } from '../../wizards/runCommand';
import { DiskwrightError } from '@diskwright/sdk/errors';
import { applyChanges, type PlannedResult, type PlanningBase } from './applyChanges';
import { withNewTable } from './newTable';
import type { PlannedOperation } from './changes';
import type { PlanRefusal } from './operationListView';
import { type ChangeOfResult, withChange, withNew, withoutOperation } from './operationList';
import type { PartitionValues } from './partitionForm';
import { partitionTypes } from './partitionTypes';
import type { PlanningStore } from './planningStore';

/** The plugin's command that makes a plan of operations. */
export const PLANNING_COMMAND = 'partition-edit.apply';

/** Planning on one device: what is planned stands in the store; this says what comes of it and takes changes in. */
export class PlanningSession {
  private readonly device: PlanningBase;
  refusal: PlanRefusal | null = null;

  constructor(
    private readonly workbench: Workbench,
    private readonly store: PlanningStore,
    private readonly path: string,
    answer: DeviceLayoutAnswer,
  ) {
    const { layout, usable, structures } = answer;
    this.device = { layout, usable: usable ?? { offset: 0, length: layout.device.size }, structures };
  }

  /** What planning starts from: the device as it is, or with the new table that is planned. */
  get base(): PlanningBase {
    return withNewTable(this.device, this.operations);
  }

  get operations(): readonly PlannedOperation[] {
    return this.store.get(this.path);
  }

  /** What comes of the operations, as they are now. */
  result(): PlannedResult {
    return applyChanges(this.base, this.operations);
  }

  /** A new table in place of all that is there. */
  initialize(table: 'gpt' | 'mbr'): void {
    const others = this.operations.filter(({ change }) => change.kind !== 'initialize');
    this.set(withNew(others, { kind: 'initialize', table }));
  }

  takeBack(id: string): void {
    this.set(withoutOperation(this.operations, id));
  }

  takeAllBack(): void {
    this.set([]);
  }

  /** With an extended partition go all in it, an operation each: they can be taken back one by one. */
  remove(partition: LaidPartition): void {
    const { after } = this.result();
    const inside = partition.role === 'extended' ? after.partitions.filter(({ role }) => role === 'logical') : [];
    // From the last on, so that the others keep their numbers.
    for (const { number } of [...inside.toReversed(), partition]) this.change({ kind: 'delete', number });
  }

  dragged({ kind, region, start, size }: DragResult): void {
    if (kind === 'create') {
      const type = partitionTypes(this.base.layout.table.type)[0]!.value;
      this.set(withNew(this.operations, { kind: 'create', start, size, type }));
    }
    if (kind === 'resize' && region.size !== size) this.change({ kind, number: region.partition!.number, size });
    else if (kind === 'move' && region.start !== start) this.change({ kind, number: region.partition!.number, start });
  }

  /** Takes the form's values for a partition of the result, or for a new one. */
  submit(partition: LaidPartition | null, values: PartitionValues): void {
    this.set(this.proposed(partition, values));
  }

  /** Why the form's values would not hold; null when they would. */
  problemOf(partition: LaidPartition | null, values: PartitionValues): string | null {
    const operations = this.proposed(partition, values);
    const { problems } = applyChanges(this.base, operations);
    const changed = operations.filter((operation) => !this.operations.includes(operation));
    return changed.map(({ id }) => problems.get(id)).find((problem) => problem !== undefined) ?? null;
  }

  private proposed(
    partition: LaidPartition | null,
    { start, size, type, name, bootable }: PartitionValues,
  ): readonly PlannedOperation[] {
    if (!partition) return withNew(this.operations, { kind: 'create', start, size, type, ...(name && { name }) });
    const { number } = partition;
    const set: ChangeOfResult = {
      kind: 'set',
      number,
      ...(type !== partition.type && { type }),
      ...(name !== (partition.name ?? '') && { name }),
      ...(bootable !== partition.bootable && { bootable }),
    };
    const changes: ChangeOfResult[] = [
      ...(start === partition.start ? [] : [{ kind: 'move' as const, number, start }]),
      ...(size === partition.size ? [] : [{ kind: 'resize' as const, number, size }]),
      ...(Object.keys(set).length > 2 ? [set] : []),
    ];
    // Judged together: numbers do not change by moving, resizing or setting.
    const result = this.result();
    return changes.reduce<readonly PlannedOperation[]>(
      (operations, change) => withChange(operations, result, change),
      this.operations,
    );
  }

  /** Has the plugin make a plan of it, and opens that; what it refuses stands at the operation that it names. */
  async review(signal: AbortSignal): Promise<void> {
    const operations = this.operations.map(({ change }) => change);
    const input = { device: this.path, operations };
    try {
      const outcome = await executeCommand(this.workbench, PLANNING_COMMAND, input, { signal, onProgress: () => undefined });
      this.refusal = null;
      if (outcome.kind === 'plan')
        await this.workbench.editors.open({ type: 'plan', key: outcome.plan, params: { digest: outcome.plan } });
    } catch (error) {
      this.refusal = { error, index: error instanceof DiskwrightError ? (error.detail.item ?? null) : null };
    }
  }

  private change(change: ChangeOfResult): void {
    this.set(withChange(this.operations, this.result(), change));
  }

  private set(operations: readonly PlannedOperation[]): void {
    this.refusal = null;
    this.store.set(this.path, operations);
  }
}
