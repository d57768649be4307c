import { Emitter, type StateService } from '../../api';
import type { PlannedOperation } from './changes';

const STATE_KEY = 'planned-partitions';

/** What is planned for each device, kept for the next session and shared with other windows. Lives as long as the page. */
export class PlanningStore {
  private plans: Record<string, PlannedOperation[]> = {};
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;

  constructor(private readonly state: StateService) {
    void this.load();
    state.onDidChange((key) => {
      if (key === STATE_KEY) void this.load();
    });
  }

  get(path: string): readonly PlannedOperation[] {
    return this.plans[path] ?? [];
  }

  set(path: string, operations: readonly PlannedOperation[]): void {
    const { [path]: _before, ...others } = this.plans;
    this.plans = operations.length === 0 ? others : { ...others, [path]: [...operations] };
    this.state.write(STATE_KEY, this.plans);
    this.changed.fire();
  }

  private async load(): Promise<void> {
    this.plans = (await this.state.read<Record<string, PlannedOperation[]>>(STATE_KEY)) ?? {};
    this.changed.fire();
  }
}
