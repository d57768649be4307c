import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { WorkbenchResult } from '../../../../common/workbench';
import type { Disposable } from '../../../api';
import type { Services } from '../../../services/workbench';
import { LightElement } from '../../../widgets/lightElement';
import { emptyBlock, errorBlock } from '../../../widgets/shared/blocks';
import { showError } from '../../../widgets/shared/errorText';
import { settingControl } from './settingControl';
import { defaultOf, findSettings, readTyped, type Setting } from './settingFields';
import './settings.css';

type Groups = WorkbenchResult<'settings/schema'>['groups'];

/** All settings of Diskwright and its plugins, by groups; what is changed is written at once. */
@customElement('dw-settings')
export class SettingsEditor extends LightElement {
  @state() private groups: Groups | null = null;
  @state() private failure: unknown = null;
  @state() private query: string;
  /** Why the last try to change a setting did not work, by key. */
  @state() private wrong: Readonly<Record<string, string>> = {};

  constructor(
    private readonly services: Services,
    saved: unknown,
  ) {
    super();
    this.query = (saved as { query?: string } | null)?.query ?? '';
  }

  saveState(): unknown {
    return { query: this.query };
  }

  protected override attach(keep: (item: Disposable) => void): void {
    const { settings, host } = this.services;
    keep(settings.onDidChange(() => this.requestUpdate()));
    keep(host.on('plugins/changed', () => void this.load()));
    void this.load();
  }

  protected override render(): TemplateResult {
    if (this.failure !== null) {
      return errorBlock('The settings cannot be listed', this.failure, [{ label: 'Try again', run: () => this.load() }]);
    }
    const found = findSettings(this.groups ?? [], this.query, (setting) => this.differs(setting));
    const count = found.reduce((total, { settings }) => total + settings.length, 0);
    return html`<div class="dw-settings">
      <div class="dw-settings-search">
        <input
          class="dw-input"
          type="search"
          data-autofocus
          aria-label="Search settings"
          placeholder="Search settings (@modified: those that were changed)"
          .value=${this.query}
          @input=${(event: Event) => (this.query = (event.target as HTMLInputElement).value)}
        />
        <span class="dw-settings-count" role="status"
          >${this.groups ? `${count} setting${count === 1 ? '' : 's'}` : 'Loading…'}</span
        >
      </div>
      ${this.problems()}
      ${found.map(
        ({ title, settings }) =>
          html`<section aria-label=${title}>
            <h2>${title}</h2>
            ${settings.map((setting) => this.setting(setting))}
          </section>`,
      )}
      ${this.groups && count === 0 ? emptyBlock('No setting matches', 'Search for other words, or for part of a key.') : nothing}
    </div>`;
  }

  private problems(): unknown {
    const { problems } = this.services.settings;
    if (problems.length === 0) return nothing;
    return html`<div class="dw-settings-problems" role="alert">
      settings.json has problems; what is wrong there has its default:
      <ul>
        ${problems.map((problem) => html`<li>${problem}</li>`)}
      </ul>
      <button type="button" class="dw-button" @click=${() => this.services.commands.run('preferences.settingsFile')}>
        Open settings.json
      </button>
    </div>`;
  }

  private setting(setting: Setting): TemplateResult {
    const { key, schema } = setting;
    const id = `setting-${key.replace(/[^\w-]/g, '-')}`;
    const modified = this.differs(setting);
    const problem = this.wrong[key];
    return html`<div
      class="dw-setting ${modified ? 'dw-modified' : ''}"
      role="group"
      aria-labelledby="${id}-name"
      data-setting=${key}
    >
      <div class="dw-setting-head">
        <label id="${id}-name" class="dw-setting-name" for=${id}>${schema.title ?? key}</label>
        <span class="dw-setting-key">${key}</span>
        ${
          modified
            ? html`<span class="dw-setting-note">Modified</span>
                <button
                  type="button"
                  class="dw-icon-button"
                  title="Back to the default: ${JSON.stringify(defaultOf(schema))}"
                  aria-label="Reset ${schema.title ?? key}"
                  @click=${() => this.change(key, null)}
                >
                  <i class="codicon codicon-discard" aria-hidden="true"></i>
                </button>`
            : nothing
        }
      </div>
      <p id="${id}-note" ?hidden=${schema.type === 'boolean' || !schema.description}>${schema.description}</p>
      ${settingControl(setting, {
        id,
        value: this.current(setting),
        describedBy: `${id}-note ${id}-problem`,
        invalid: problem !== undefined,
        choose: (value) => this.change(key, value),
        type: (text) => this.typed(setting, text),
      })}
      <p id="${id}-problem" class="dw-setting-problem" role="alert" ?hidden=${problem === undefined}>${problem}</p>
    </div>`;
  }

  private current({ key, schema }: Setting): unknown {
    return this.services.settings.get<unknown>(key) ?? defaultOf(schema);
  }

  private differs(setting: Setting): boolean {
    return JSON.stringify(this.current(setting)) !== JSON.stringify(defaultOf(setting.schema));
  }

  private typed({ key, schema }: Setting, text: string): void {
    const read = readTyped(schema, text);
    if ('problem' in read) this.wrong = { ...this.wrong, [key]: read.problem };
    else void this.change(key, read.value);
  }

  private async change(key: string, value: unknown): Promise<void> {
    const { [key]: _solved, ...wrong } = this.wrong;
    this.wrong = wrong;
    try {
      await this.services.settings.set(key, value);
    } catch (error) {
      this.wrong = { ...this.wrong, [key]: [showError(error).message, ...showError(error).lines].join(' ') };
    }
    this.requestUpdate();
  }

  private async load(): Promise<void> {
    try {
      const { groups } = await this.services.host.request('settings/schema', {});
      this.groups = groups;
      this.failure = null;
    } catch (error) {
      this.failure = error;
    }
  }
}
