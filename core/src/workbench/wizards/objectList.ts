import type { InputField } from '@diskwright/sdk/protocol';
import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { itemValue } from '../../common/commands/itemValue';
import { printable } from '../../common/text/printable';
import { icon } from '../widgets/parts';
import { fieldOf, withField } from './objectItems';

type ItemField = NonNullable<(InputField & { type: 'array' })['items']['properties']>[string];

/** A list of objects whose fields are known. */
export interface ObjectListOptions {
  label: string;
  /** Of the list; what it shows is described by `described`. */
  id: string;
  described: string;
  properties: Readonly<Record<string, ItemField>>;
  required: readonly string[];
  /** Each a line of JSON. */
  items: readonly string[];
  change(items: string[]): void;
}

/** An object a group of controls, with a button that adds one. */
export function objectList({ label, id, described, properties, required, items, change }: ObjectListOptions): TemplateResult {
  const replaced = (index: number, line: string): string[] => items.map((item, other) => (other === index ? line : item));
  return html`<div class="dw-list" role="group" id=${id} aria-labelledby="${id}-label" aria-describedby=${described}>
    ${items.map(
      (item, index) =>
        html`<fieldset class="dw-object">
          <legend>${label}, item ${index + 1}</legend>
          ${Object.entries(properties).map(([name, definition]) =>
            part({
              id: `${id}-${index}-${name}`,
              name,
              definition,
              required: required.includes(name),
              value: fieldOf(item, name) ?? definition.default,
              change: (value) => change(replaced(index, withField(item, name, value))),
            }),
          )}
          <button
            type="button"
            class="dw-icon-button"
            title="Remove"
            aria-label="Remove item ${index + 1} of ${label}"
            @click=${() => change(items.filter((_, other) => other !== index))}
          >
            ${icon('close')}
          </button>
        </fieldset>`,
    )}
    <div><button type="button" class="dw-button" @click=${() => change([...items, '{}'])}>Add to ${label}</button></div>
  </div>`;
}

interface Part {
  id: string;
  name: string;
  definition: ItemField;
  required: boolean;
  value: unknown;
  change(value: unknown): void;
}

function part(options: Part): TemplateResult {
  const { id, name, definition, required } = options;
  const title = html`<label for=${id} title=${printable(definition.description ?? '')}
    >${printable(definition.title ?? name)}${required ? html`<span class="dw-required" title="Needed"> *</span>` : ''}</label
  >`;
  return definition.type === 'boolean'
    ? html`<div class="dw-object-part dw-object-check">${control(options)}${title}</div>`
    : html`<div class="dw-object-part">${title}${control(options)}</div>`;
}

function control({ id, definition, required, value, change }: Part): TemplateResult {
  if (definition.type === 'boolean')
    return html`<input
      id=${id}
      type="checkbox"
      .checked=${live(value === true)}
      @change=${(event: Event) => change((event.target as HTMLInputElement).checked)}
    />`;
  const text = value === undefined ? '' : String(value);
  const given = (typed: string): void => change(typed === '' ? undefined : itemValue(definition.type, typed));
  if (definition.type === 'string' && definition.enum) {
    const options = definition.enum.includes(text) ? definition.enum : ['', ...definition.enum];
    return html`<select
      class="dw-select"
      id=${id}
      aria-required=${required}
      @change=${(event: Event) => given((event.target as HTMLSelectElement).value)}
    >
      ${options.map((each) => html`<option value=${each} ?selected=${each === text}>${printable(each) || 'Choose…'}</option>`)}
    </select>`;
  }
  return html`<input
    class="dw-input"
    id=${id}
    type="text"
    spellcheck="false"
    autocomplete="off"
    aria-required=${required}
    .value=${live(text)}
    @input=${(event: InputEvent) => given((event.target as HTMLInputElement).value)}
  />`;
}
