import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../widgets/parts';
import type { MapRegion } from '../../widgets/diskMap/regions';
import { showError } from '../../widgets/shared/errorText';
import type { PlannedResult, PlanningBase } from './applyChanges';
import type { PlannedOperation } from './changes';
import { operationListView, type PlanRefusal } from './operationListView';
import type { PartitionValues } from './partitionForm';
import './partitionForm';
import { placeOf, places } from './places';

export interface PlanningPanelView {
  base: PlanningBase;
  operations: readonly PlannedOperation[];
  result: PlannedResult;
  refusal: PlanRefusal | null;
  /** Whether the plugin that makes the plan is there. */
  possible: boolean;
  /** The plan is being made. */
  busy: boolean;
  edit(operation: PlannedOperation): void;
  takeBack(id: string): void;
  takeAllBack(): void;
  initialize(table: 'gpt' | 'mbr'): void;
  review(): void;
}

const NOTHING_PLANNED =
  'Nothing is planned yet. Draw into free space, drag a partition or its right edge, or press Enter on one for its form. Nothing is written before you apply the plan.';
const BROKEN_TABLE =
  'The partition table is too damaged to tell what is free, so nothing can be planned on it. Recover it first, or choose a new one, without the partitions of the old.';
const NO_TABLE =
  'There is no partition table yet. Choose a new one to begin with; nothing is written before you apply the plan that comes of it.';

/** What is planned so far, and the way to a plan. */
export function planningPanel(view: PlanningPanelView): TemplateResult {
  const { operations, result, refusal, possible, busy } = view;
  const conflicts = result.problems.size;
  return html`<section class="dw-planning-panel" aria-label="Planned changes">
    <h2>Planned changes</h2>
    ${operations.length === 0 ? html`<p class="dw-muted">${whatToDo(view.base)}</p>` : operationListView(view)}
    ${refusal && refusal.index === null ? html`<p class="dw-operation-problem" role="alert">${icon('error')} ${refusalText(refusal.error)}</p>` : nothing}
    ${conflicts > 0 ? html`<p class="dw-operation-problem" role="status">Take back or edit what does not hold first.</p>` : nothing}
    <div class="dw-actions">
      <button
        class="dw-button dw-primary"
        ?disabled=${operations.length === 0 || conflicts > 0 || busy || !possible}
        @click=${() => view.review()}
      >
        ${busy ? 'Making the plan…' : 'Review plan…'}
      </button>
      <button class="dw-button" ?disabled=${operations.length === 0} @click=${() => view.takeAllBack()}>Take all back</button>
      <span class="dw-planning-tables">
        New table:
        ${(['gpt', 'mbr'] as const).map(
          (table) => html`<button class="dw-button" @click=${() => view.initialize(table)}>${table.toUpperCase()}</button>`,
        )}
      </span>
    </div>
  </section>`;
}

function whatToDo({ layout, usable }: PlanningBase): string {
  if (layout.table.type === 'none') return NO_TABLE;
  return usable.length === 0 ? BROKEN_TABLE : NOTHING_PLANNED;
}

function refusalText(error: unknown): string {
  const { message, lines } = showError(error);
  return [message, ...lines].join(' ');
}

/** The form for the selected region, as far as something can be planned there. */
export function regionForm(
  { base, result }: Pick<PlanningPanelView, 'base' | 'result'>,
  region: MapRegion | null,
  actions: { problemOf(values: PartitionValues): string | null; submit(values: PartitionValues): void; remove(): void },
): TemplateResult | typeof nothing {
  const { partitions } = result.after;
  if (region?.kind !== 'free' && !region?.partition) return nothing;
  const place = region.partition
    ? placeOf(places(base, partitions, region.partition), region.start)
    : placeOf(places(base, partitions, null), region.start + Math.floor(region.size / 2));
  if (!place) return html`<p class="dw-muted">Nothing can be created here: it lies outside of what the table may use.</p>`;
  return html`<div class="dw-planning-form">
    <h3>${region.partition ? 'Change it' : 'Create a partition here'}</h3>
    <dw-partition-form
      .base=${base}
      .partition=${region.partition}
      .place=${place}
      .judge=${actions.problemOf}
      @partition-submit=${(event: CustomEvent<PartitionValues>) => actions.submit(event.detail)}
    ></dw-partition-form>
    ${
      region.partition
        ? html`<div class="dw-actions">
            <button class="dw-button" @click=${actions.remove}>
              ${icon('trash')}Delete partition ${region.partition.number}
            </button>
          </div>`
        : nothing
    }
  </div>`;
}
