import { html, type TemplateResult } from 'lit';
import type { Workbench } from '../api';
import { icon } from '../widgets/parts';
import './deviceField';
import type { FormField } from './formFields';

/** Beside the first one. */
const MAX_MORE = 63;

/** What a form needs for further values of a field that may be given several times. */
export interface MoreTargetsContext {
  field: FormField;
  /** Of the field's first control. */
  id: string;
  values: readonly string[];
  taken: ReadonlyMap<string, string>;
  workbench: Workbench;
  change(values: string[]): void;
}

/** Further devices or volumes for a field: each gets a plan, and all are written at once. */
export function moreTargets({ field, id, values, taken, workbench, change }: MoreTargetsContext): TemplateResult {
  const format = field.control === 'volume' ? 'volume' : 'device';
  const lower = field.label.toLowerCase();
  const replaced = (index: number, value: string): string[] => values.map((old, at) => (at === index ? value : old));
  return html`${values.map((value, index) => {
    const label = `${field.label} ${index + 2}`;
    const others = values.flatMap((name, at): [string, string][] =>
      at !== index && name ? [[name, `it is chosen as ${lower} ${at + 2}`]] : [],
    );
    return html`<div class="dw-more-target" role="group" aria-label=${label}>
      <div class="dw-more-target-head">
        <label class="dw-field-label" for="${id}-${index + 2}">${label}</label>
        <button
          type="button"
          class="dw-link-button"
          aria-label="Remove ${label}"
          @click=${() => change(values.filter((_, at) => at !== index))}
        >
          ${icon('close')} Remove
        </button>
      </div>
      <dw-device-field
        .workbench=${workbench}
        .options=${{ role: 'target', format, excluded: new Map([...taken, ...others]) }}
        .value=${value}
        .label=${label}
        .inputId=${`${id}-${index + 2}`}
        .required=${true}
        @choose=${(event: CustomEvent<string>) => change(replaced(index, event.detail))}
      ></dw-device-field>
    </div>`;
  })}
  ${
    values.length < MAX_MORE
      ? html`<button type="button" class="dw-button dw-more-target-add" @click=${() => change([...values, ''])}>
          ${icon('add')} Add another ${lower}
        </button>`
      : ''
  }`;
}
