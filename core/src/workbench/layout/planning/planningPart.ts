import { html, type TemplateResult } from 'lit';
import type { DeviceLayoutAnswer, Workbench } from '../../api';
import '../compare/layoutCompare';
import type { DragResult } from '../../widgets/diskMap/mapPlanner';
import { mapRegions, type MapRegion } from '../../widgets/diskMap/regions';
import { commandCatalogue } from '../../wizards/commandCatalogue';
import { whyMissing } from '../../wizards/whyMissing';
import type { PlannedResult } from './applyChanges';
import type { PlannedOperation } from './changes';
import { LayoutPlanner } from './layoutPlanner';
import { planningPanel, regionForm } from './planningPanel';
import { PLANNING_COMMAND, type PlanningSession } from './planningSession';

/** The editor that planning is a part of. */
export interface PlanningOwner {
  /** Id of a region of the map after. */
  readonly selected: string | null;
  select(id: string | null): void;
  /** Puts the focus into the form of what is selected. */
  focusForm(): void;
  requestUpdate(): void;
}

/** Planning in a layout editor: the map of what will be, what is planned, and the form of the selected region. */
export class PlanningPart {
  private busy = false;
  private readonly ending = new AbortController();

  constructor(
    private readonly workbench: Workbench,
    private readonly session: PlanningSession,
    private readonly owner: PlanningOwner,
  ) {}

  result(): PlannedResult {
    return this.session.result();
  }

  regions({ after }: PlannedResult): MapRegion[] {
    return mapRegions({ ...this.session.base, layout: after });
  }

  dispose(): void {
    this.ending.abort();
  }

  /** What is there stays out of sight as long as it is what will be. */
  map({ layout, structures, usable }: DeviceLayoutAnswer, { after }: PlannedResult): TemplateResult {
    const { base, operations } = this.session;
    return html`<dw-layout-compare
      maps-only
      ?after-only=${operations.length === 0}
      .layoutBefore=${layout}
      .layoutAfter=${after}
      .structures=${structures}
      .usable=${usable}
      .tableAfter=${base}
      .selected=${this.owner.selected}
      .planner=${new LayoutPlanner(base, after.partitions)}
      @region-drag=${this.onDrag}
    ></dw-layout-compare>`;
  }

  panel(result: PlannedResult): TemplateResult {
    const { session } = this;
    return planningPanel({
      base: session.base,
      operations: session.operations,
      result,
      refusal: session.refusal,
      busy: this.busy,
      possible: whyMissing(commandCatalogue(this.workbench.host), PLANNING_COMMAND) === null,
      edit: (operation) => this.edit(operation, result),
      takeBack: (id) => session.takeBack(id),
      takeAllBack: () => session.takeAllBack(),
      initialize: (table) => session.initialize(table),
      review: () => void this.review(),
    });
  }

  form(region: MapRegion | null, result: PlannedResult): unknown {
    const { session } = this;
    return regionForm({ base: session.base, result }, region, {
      problemOf: (values) => session.problemOf(region!.partition, values),
      submit: (values) => {
        session.submit(region!.partition, values);
        this.selectAt(values.start);
      },
      remove: () => {
        const { start } = region!;
        session.remove(region!.partition!);
        this.selectAt(start);
      },
    });
  }

  private readonly onDrag = ({ detail }: CustomEvent<DragResult>): void => {
    this.session.dragged(detail);
    this.selectAt(detail.start);
  };

  private async review(): Promise<void> {
    this.setBusy(true);
    await this.session.review(this.ending.signal);
    this.setBusy(false);
  }

  private setBusy(busy: boolean): void {
    this.busy = busy;
    this.owner.requestUpdate();
  }

  /** The form of what an operation is about takes it up again; one that does not hold has no place on the map. */
  private edit({ id, change }: PlannedOperation, { sources }: PlannedResult): void {
    const source = [...sources].find(([, { origin, operation }]) =>
      'number' in change ? origin === change.number : operation === id,
    );
    if (source) this.owner.select(`p${source[0]}`);
    else
      this.workbench.notifications.info('This operation does not hold now', {
        detail: 'Take it back and plan it anew, or take back what stands against it.',
      });
    this.owner.focusForm();
  }

  /** Selects what is planned for a place: after a change, numbers may mean other partitions. */
  private selectAt(offset: number): void {
    const regions = this.regions(this.result());
    const made = regions.find(({ start, partition }) => partition !== null && start === offset);
    const holder = regions.findLast(({ start, size }) => offset >= start && offset < start + size);
    this.owner.select((made ?? holder)?.id ?? null);
  }
}
