import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../widgets/parts';
import { showError } from '../../widgets/shared/errorText';
import type { PlannedResult, PlanningBase } from './applyChanges';
import type { PlannedOperation } from './changes';
import { describeChange } from './describeChange';

/** What the last attempt to make a plan said, and of which operation; `index` is null when it is about none alone. */
export interface PlanRefusal {
  error: unknown;
  index: number | null;
}

export interface OperationListView {
  base: PlanningBase;
  operations: readonly PlannedOperation[];
  result: PlannedResult;
  refusal: PlanRefusal | null;
  edit(operation: PlannedOperation): void;
  takeBack(id: string): void;
}

/** What is planned, each with what stands against it and a way to take it back. */
export function operationListView(view: OperationListView): TemplateResult {
  const { base, operations, result } = view;
  const numbers = new Map([...result.sources].map(([number, { operation }]) => [operation, number]));
  return html`<ol class="dw-operations" aria-label="Planned operations">
    ${operations.map((operation, index) => {
      const text = describeChange(operation.change, base, numbers.get(operation.id) ?? null);
      const problem = result.problems.get(operation.id);
      return html`<li class=${problem ? 'dw-conflict' : ''}>
        <div>
          <div>${text}</div>
          ${problem ? html`<div class="dw-operation-problem">${icon('warning')} Does not hold: ${problem}.</div>` : nothing}
          ${view.refusal?.index === index ? refusalText(view.refusal.error) : nothing}
        </div>
        ${
          operation.change.kind === 'delete' || operation.change.kind === 'initialize'
            ? html`<span class="dw-no-edit"></span>`
            : html`<button class="dw-icon-button" title="Edit" aria-label="Edit: ${text}" @click=${() => view.edit(operation)}>
                ${icon('edit')}
              </button>`
        }
        <button
          class="dw-icon-button"
          title="Take back"
          aria-label="Take back: ${text}"
          @click=${() => view.takeBack(operation.id)}
        >
          ${icon('discard')}
        </button>
      </li>`;
    })}
  </ol>`;
}

function refusalText(error: unknown): TemplateResult {
  const { message, lines } = showError(error);
  return html`<div class="dw-operation-problem" role="alert">${icon('error')} ${[message, ...lines].join(' ')}</div>`;
}
