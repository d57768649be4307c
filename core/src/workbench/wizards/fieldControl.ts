import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { printable } from '../../common/text/printable';
import type { Workbench } from '../api';
import { pickVolumePath } from '../files/pickVolumePath';
import { icon } from '../widgets/parts';
import './deviceField';
import type { DraftValue } from './draft';
import type { FieldControl, FormField } from './formFields';
import { objectList } from './objectList';
import type { Resolution } from './resolver';

type Choice = Resolution['choices'][string][number];

/** All that a field's control needs. */
export interface ControlContext {
  field: FormField;
  /** Id of the control, unique in the page; `<id>-about` and `<id>-error` describe it. */
  id: string;
  value: DraftValue;
  invalid: boolean;
  /** The values that it may take, where the command knows them. */
  choices: readonly Choice[] | undefined;
  /** Devices that other fields name, with the reason why they cannot be chosen here. */
  taken: ReadonlyMap<string, string>;
  workbench: Workbench;
  change(value: DraftValue): void;
}

/** The control of a field, by its kind. */
export function fieldControl(context: ControlContext): TemplateResult {
  const { field, choices } = context;
  if (choices && choices.length > 0 && field.control !== 'check' && field.control !== 'list') return choiceOf(context, choices);
  switch (field.control) {
    case 'choice': {
      const names = (field.definition.type === 'string' && field.definition.enum) || [];
      return choiceOf(
        context,
        names.map((value) => ({ value, label: value })),
      );
    }
    case 'check':
      return checkBox(context);
    case 'list':
      return list(context);
    case 'device':
    case 'volume':
      return device(context, field.control);
    case 'file':
      return fileName(context, field.access === 'write' ? 'save' : 'open');
    case 'folder':
      return fileName(context, 'folder');
    case 'volumePath':
      return volumePath(context);
    default:
      return textInput(context);
  }
}

const described = ({ id }: ControlContext): string => `${id}-about ${id}-error`;

const PLACEHOLDERS: Partial<Record<FieldControl, string>> = {
  size: '512, 4K, 1.5GiB, 2048s (sectors)',
  volumePath: 'DEVICE#N:/path in partition N, DEVICE#0:/path on the whole device',
};

function textInput(context: ControlContext, extra: { placeholder?: string } = {}): TemplateResult {
  const { field, id, value, invalid, change } = context;
  const { control, definition } = field;
  const placeholder = extra.placeholder ?? PLACEHOLDERS[control] ?? '';
  const limits = definition.type === 'integer' || definition.type === 'number' ? definition : null;
  return html`<input
    class="dw-input dw-field-${control}"
    id=${id}
    name=${field.name}
    type=${control === 'secret' ? 'password' : 'text'}
    inputmode=${limits ? (limits.type === 'integer' ? 'numeric' : 'decimal') : nothing}
    autocomplete=${control === 'secret' ? 'new-password' : 'off'}
    spellcheck="false"
    placeholder=${placeholder}
    aria-describedby=${described(context)}
    aria-invalid=${invalid}
    aria-required=${field.required}
    .value=${live(String(value))}
    @input=${(event: InputEvent) => change((event.target as HTMLInputElement).value)}
  />`;
}

function checkBox(context: ControlContext): TemplateResult {
  const { field, id, value, change } = context;
  return html`<input
    class="dw-field-check"
    id=${id}
    name=${field.name}
    type="checkbox"
    aria-describedby=${described(context)}
    .checked=${live(value === true)}
    @change=${(event: Event) => change((event.target as HTMLInputElement).checked)}
  />`;
}

/** Few values as radio buttons, all in sight; more in a list. */
function choiceOf(context: ControlContext, choices: readonly Choice[]): TemplateResult {
  const { field, id, value, invalid, change } = context;
  const options = choices.map((choice) => ({ text: textOf(choice.value), label: printable(choice.label) }));
  const isListed = value === '' || options.some(({ text }) => text === value);
  if (options.length <= 4 && isListed) {
    return html`<div
      class="dw-radios"
      role="radiogroup"
      id=${id}
      aria-labelledby="${id}-label"
      aria-describedby=${described(context)}
    >
      ${options.map(
        ({ text, label }) =>
          html`<label class="dw-radio">
            <input type="radio" name=${id} .checked=${live(text === value)} @change=${() => change(text)} />${label}
          </label>`,
      )}
    </div>`;
  }
  return html`<select
    class="dw-select"
    id=${id}
    name=${field.name}
    aria-describedby=${described(context)}
    aria-invalid=${invalid}
    @change=${(event: Event) => change((event.target as HTMLSelectElement).value)}
  >
    ${value === '' || !isListed ? html`<option value=${String(value)} selected>${String(value) || 'Choose…'}</option>` : nothing}
    ${options.map(({ text, label }) => html`<option value=${text} ?selected=${text === value}>${label}</option>`)}
  </select>`;
}

function device(context: ControlContext, format: 'device' | 'volume'): TemplateResult {
  const { field, id, value, invalid, taken, workbench, change } = context;
  return html`<dw-device-field
    .workbench=${workbench}
    .options=${{ role: field.access === 'write' ? 'target' : 'source', format, excluded: taken }}
    .value=${String(value)}
    .label=${field.label}
    .inputId=${id}
    .invalid=${invalid}
    .required=${field.required}
    @choose=${(event: CustomEvent<string>) => change(event.detail)}
  ></dw-device-field>`;
}

/** An item a row, with an empty one at the end. */
function list(context: ControlContext): TemplateResult {
  const { field, id, value, change } = context;
  const items = Array.isArray(value) ? value : [];
  const { type, properties, required = [] } = field.definition.type === 'array' ? field.definition.items : { type: 'string' };
  if (properties)
    return objectList({ label: field.label, id, described: described(context), properties, required, items, change });
  const placeholder = type === 'object' ? 'An object as JSON: {"name": "value"}' : 'Add another';
  const replaced = (index: number, text: string): string[] => [...items.slice(0, index), text, ...items.slice(index + 1)];
  return html`<div class="dw-list" role="group" id=${id} aria-labelledby="${id}-label" aria-describedby=${described(context)}>
    ${[...items, ''].map(
      (item, index) =>
        html`<div class="dw-list-row">
          <input
            class="dw-input ${type === 'object' ? 'dw-mono' : ''}"
            type="text"
            spellcheck="false"
            aria-label="${field.label}, item ${index + 1}"
            placeholder=${index === items.length ? placeholder : ''}
            .value=${live(item)}
            @input=${(event: InputEvent) => change(replaced(index, (event.target as HTMLInputElement).value))}
          />
          ${
            index < items.length
              ? html`<button
                  type="button"
                  class="dw-icon-button"
                  title="Remove"
                  aria-label="Remove item ${index + 1} of ${field.label}"
                  @click=${() => change(items.filter((_, other) => other !== index))}
                >
                  ${icon('close')}
                </button>`
              : nothing
          }
        </div>`,
    )}
  </div>`;
}

function fileName(context: ControlContext, mode: 'open' | 'save' | 'folder'): TemplateResult {
  const { field, workbench } = context;
  const placeholder = mode === 'folder' ? '/path/to/a/folder' : '/path/to/a/file';
  return withBrowser(textInput(context, { placeholder }), context, () =>
    workbench.dialogs.chooseFile({ title: field.label, mode }),
  );
}

function volumePath(context: ControlContext): TemplateResult {
  const { field, value, workbench } = context;
  return withBrowser(textInput(context), context, () => pickVolumePath(workbench, { title: field.label, value: String(value) }));
}

/** A name that is typed, or looked for with a button beside it. */
function withBrowser(
  input: TemplateResult,
  { field, change }: ControlContext,
  ask: () => Promise<string | undefined>,
): TemplateResult {
  const browse = async (): Promise<void> => {
    const name = await ask();
    if (name !== undefined) change(name);
  };
  return html`<div class="dw-field-row">
    ${input}
    <button type="button" class="dw-button" aria-label=${`Browse for ${field.label}`} @click=${browse}>Browse…</button>
  </div>`;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
