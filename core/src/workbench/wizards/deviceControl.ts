import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { ControlContext } from './fieldControl';

/** Names of devices and overlays to choose from, or any other that is typed. */
export function deviceControl(context: ControlContext): TemplateResult {
  const { field, id, value, invalid, devices, change } = context;
  const { disks = [], opened = [], overlays = [] } = devices.list ?? {};
  const names = [...disks.map(({ path }) => path), ...opened.map(({ path }) => path), ...overlays.map(({ name }) => name)];
  return html`<input
      class="dw-input dw-field-device"
      id=${id}
      name=${field.name}
      type="text"
      list="${id}-devices"
      spellcheck="false"
      autocomplete="off"
      aria-describedby="${id}-about ${id}-error"
      aria-invalid=${invalid}
      aria-required=${field.required}
      .value=${live(String(value))}
      @input=${(event: InputEvent) => change((event.target as HTMLInputElement).value)}
    /><datalist id="${id}-devices">
      ${names.map((name) => html`<option value=${field.control === 'volume' ? `${name}#1` : name}></option>`)}
    </datalist>`;
}
