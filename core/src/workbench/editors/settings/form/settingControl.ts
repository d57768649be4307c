import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { printable } from '../../../../common/text/printable';
import type { Setting } from './settingFields';

export interface ControlState {
  id: string;
  value: unknown;
  /** Ids of what describes it. */
  describedBy: string;
  invalid: boolean;
  /** A value was chosen. */
  choose(value: unknown): void;
  /** Text was typed, and is to be read. */
  type(text: string): void;
}

/** The control for a setting, by the type of its value. */
export function settingControl({ key, schema }: Setting, state: ControlState): TemplateResult {
  const { id, value, describedBy, invalid, choose, type } = state;
  if (schema.type === 'boolean') {
    return html`<label class="dw-setting-check">
      <input
        id=${id}
        type="checkbox"
        aria-describedby=${describedBy}
        .checked=${live(value === true)}
        @change=${(event: Event) => choose((event.target as HTMLInputElement).checked)}
      />
      <span>${schema.description ?? schema.title ?? key}</span>
    </label>`;
  }
  if (schema.enum) {
    const known = schema.enum;
    return html`<select
      id=${id}
      class="dw-select"
      aria-describedby=${describedBy}
      @change=${(event: Event) => choose(known[(event.target as HTMLSelectElement).selectedIndex])}
    >
      ${known.map((each) => html`<option ?selected=${each === value}>${printable(String(each))}</option>`)}
    </select>`;
  }
  const onChange = (event: Event): void => type((event.target as HTMLInputElement).value);
  if (schema.type === 'array') {
    return html`<textarea
      id=${id}
      class="dw-input"
      placeholder="One a line"
      aria-describedby=${describedBy}
      aria-invalid=${invalid}
      .value=${live(Array.isArray(value) ? value.join('\n') : '')}
      @change=${onChange}
    ></textarea>`;
  }
  const isNumber = schema.type === 'integer' || schema.type === 'number';
  return html`<input
    id=${id}
    class="dw-input"
    type=${isNumber ? 'number' : 'text'}
    min=${schema.minimum ?? nothing}
    max=${schema.maximum ?? nothing}
    step=${schema.type === 'number' ? 'any' : nothing}
    aria-describedby=${describedBy}
    aria-invalid=${invalid}
    .value=${live(String(value ?? ''))}
    @change=${onChange}
  />`;
}
