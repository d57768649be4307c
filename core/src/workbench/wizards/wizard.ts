import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { CommandInput } from '@diskwright/sdk/protocol';
import { printable, printableLines } from '../../common/text/printable';
import { Emitter, type Disposable, type Workbench } from '../api';
import '../widgets/copyText';
import { applyTogether } from '../plans/applyTogether';
import type { PaneElement } from '../widgets/elementPane';
import { LightElement } from '../widgets/lightElement';
import { callout, errorCallout, icon, progressBar } from '../widgets/parts';
import { afterPress } from '../widgets/shared/afterPress';
import { emptyBlock } from '../widgets/shared/blocks';
import { capitalised, isCancellation, sentence } from '../widgets/shared/errorText';
import type { CommandCatalogue, ContributedCommand } from './commandCatalogue';
import { draftOf, inputOf, lastingDraft, shownValue, type Draft, type DraftValue } from './draft';
import { errorsByField, fieldMessage } from './fieldErrors';
import { fieldControl } from './fieldControl';
import { formFields, type FormField } from './formFields';
import { moreTargets } from './moreTargets';
import { Resolver } from './resolver';
import type { CommandProgress } from './commandProgress';
import { executeCommand, openOutcome } from './runCommand';
import './wizard.css';

/** What a wizard is opened with. */
export interface WizardParams {
  command: string;
  /** Fills the form. */
  input?: CommandInput;
}

interface WizardState {
  draft: Draft;
  /** Further values of the field that may be given several times. */
  more?: string[];
}

/** Several devices or volumes may be given: a plan is made for each. */
const isRepeatable = ({ definition, control }: FormField): boolean =>
  definition.type === 'string' && definition.repeatable === true && (control === 'device' || control === 'volume');

const BUTTON_TEXT = { plan: 'Make plan', view: 'Show', list: 'Show', content: 'Show', value: 'Run', operation: 'Run' } as const;
/** A command that is given a folder writes to it, whatever it shows then. */
const buttonTextOf = ({ returns, input }: ContributedCommand['contribution']): string =>
  Object.values(input.properties).some((field) => field.type === 'string' && field.format === 'folder')
    ? BUTTON_TEXT.operation
    : BUTTON_TEXT[returns];
/** How long a judgement of the input is waited for before the command is run without it. */
const PATIENCE_MILLISECONDS = 2000;
const WHAT_IS_MISSING = 'What would be done is shown here as soon as all that is needed is given, and right.';
let count = 0;

/** The form of one command, generated from its input schema. */
@customElement('dw-wizard')
export class Wizard extends LightElement implements PaneElement {
  @state() private draft: Draft = {};
  @state() private more: readonly string[] = [];
  /** Fields that the user has been in: an error of what nobody has come to yet is no news. */
  @state() private visited: ReadonlySet<string> = new Set();
  @state() private progress: CommandProgress | null = null;
  @state() private failure: unknown = null;
  /** Fields that are others than when the judgement was asked for that is there. */
  private readonly unjudged = new Set<string>();
  private running: AbortController | null = null;
  private found: ContributedCommand | undefined;
  private fields: FormField[] = [];
  private given: CommandInput | undefined;
  private readonly idPrefix = `dw-wizard-${++count}`;
  private readonly resolver: Resolver;
  private readonly draftChanged = new Emitter<void>();
  readonly onDidChangeState = this.draftChanged.event;

  constructor(
    private readonly workbench: Workbench,
    private readonly catalogue: CommandCatalogue,
    private readonly command: string,
    { input }: { input?: CommandInput },
    saved: unknown,
  ) {
    super();
    this.className = 'dw-page';
    this.given = input;
    const state = saved as WizardState | null | undefined;
    this.draft = state?.draft ?? {};
    this.more = state?.more ?? [];
    this.resolver = new Resolver(
      (value, signal) => workbench.host.request('commands/resolve', { command, input: value }, signal),
      () => this.judged(),
    );
  }

  reveal(params: unknown): void {
    const { input } = (params ?? {}) as Partial<WizardParams>;
    if (!input) return;
    this.draft = { ...this.draft, ...draftOf(this.fields, input) };
    this.askAgain(0);
  }

  saveState(): WizardState {
    return { draft: lastingDraft(this.fields, this.draft), more: [...this.more] };
  }

  dispose(): void {
    this.resolver.dispose();
    this.running?.abort();
  }

  protected override attach(keep: (item: Disposable) => void): void {
    keep(this.catalogue.onDidChange(() => this.adopt()));
    keep(this.workbench.devices.onDidChange(() => this.requestUpdate()));
    this.adopt();
  }

  /** Takes over the command's form, which may come later than the wizard, and may change with its plugin. */
  private adopt(): void {
    this.found = this.catalogue.find(this.command);
    this.requestUpdate();
    if (!this.found) return;
    this.fields = formFields(this.found.contribution);
    if (this.given) this.draft = { ...this.draft, ...draftOf(this.fields, this.given) };
    this.given = undefined;
    this.askAgain(0);
  }

  private judged(): void {
    if (!this.resolver.pending) this.unjudged.clear();
    this.requestUpdate();
  }

  private askAgain(delayMilliseconds?: number): void {
    this.resolver.update(inputOf(this.fields, this.draft), delayMilliseconds);
  }

  protected override render(): unknown {
    if (!this.found) return this.renderAbsent();
    const { contribution, pluginId } = this.found;
    return html`<form class="dw-wizard-form" novalidate @submit=${this.submit}>
      <div class="dw-page-scroll">
        <h1>${printable(contribution.title)}</h1>
        <p class="dw-muted">${contribution.description ?? ''} <span class="dw-wizard-plugin">By the plugin ${pluginId}.</span></p>
        <div class="dw-wizard-columns">
          <div class="dw-wizard-fields">${this.fields.map((field) => this.renderField(field))}</div>
          <aside class="dw-wizard-aside" aria-label="What would be done">${this.renderJudgement()}</aside>
        </div>
      </div>
      ${this.renderActions(buttonTextOf(contribution))}
    </form>`;
  }

  private renderAbsent(): TemplateResult {
    if (this.catalogue.commands === null) return emptyBlock('Asking the plugins…', 'Their commands are being listed.');
    return emptyBlock('This command is not there now', `The plugin that brings “${this.command}” may be disabled.`, [
      { label: 'Show plugins', run: () => this.workbench.views.reveal('plugins', { focus: true }) },
    ]);
  }

  private renderField(field: FormField): TemplateResult {
    const id = `${this.idPrefix}-${field.name}`;
    const messages = this.messagesOf(field);
    const { choices = {}, defaults = {} } = this.resolver.resolution ?? {};
    const control = fieldControl({
      field,
      id,
      value: shownValue(field, this.draft, defaults),
      invalid: messages.length > 0,
      choices: choices[field.name],
      taken: this.takenBeside(field),
      workbench: this.workbench,
      change: (value) => this.change(field, value),
    });
    const label = html`<label class="dw-field-label" id="${id}-label" for=${id}
      >${field.label}${field.required ? html`<span class="dw-required" title="Needed"> *</span>` : nothing}</label
    >`;
    const about = capitalised(field.description);
    return html`<div class="dw-field dw-field-of-${field.control}" @focusout=${() => afterPress(() => this.visit(field))}>
      ${field.control === 'check' ? html`<div class="dw-field-row">${control}${label}</div>` : html`${label}${control}`}
      <div class="dw-field-about" id="${id}-about">${about}</div>
      <div class="dw-field-error" id="${id}-error">
        ${messages.map((message) => html`<div>${icon('error')}${fieldMessage(field, message)}</div>`)}
      </div>
      ${isRepeatable(field) ? this.renderMore(field, id) : nothing}
    </div>`;
  }

  private renderMore(field: FormField, id: string): unknown {
    const first = shownValue(field, this.draft, {});
    const taken = new Map(this.takenBeside(field));
    if (typeof first === 'string' && first !== '') taken.set(first, `it is chosen as ${field.label}`);
    const change = (values: string[]): void => {
      const isAdded = values.length > this.more.length;
      this.more = values;
      if (isAdded) void this.focusControl(`${id}-${values.length + 1}`);
      this.failure = null;
      this.draftChanged.fire();
    };
    return moreTargets({ field, id, values: this.more, taken, workbench: this.workbench, change });
  }

  private renderJudgement(): unknown {
    const { resolution, failure } = this.resolver;
    const errors = resolution?.errors ?? [];
    const general = errorsByField(this.fields, errors).get('') ?? [];
    const wrong = html`${failure ? errorCallout(failure) : nothing}
    ${general.map((message) => callout('error', sentence(printable(message))))}`;
    // A preview of what cannot be done would be taken for what is done.
    if (errors.length > 0)
      return html`${wrong}
        <p class="dw-muted">${WHAT_IS_MISSING}</p>`;
    return html`${wrong} ${(resolution?.warnings ?? []).map((warning) => callout('warning', sentence(printable(warning))))}
    ${
      resolution?.preview
        ? html`<h2>What would be done</h2>
            <div class="dw-wizard-preview">${printableLines(resolution.preview)}</div>`
        : nothing
    }
    ${
      resolution?.commandLine && this.more.length === 0
        ? html`<h2>The same on the command line</h2>
            <dw-copy-text .text=${resolution.commandLine} .label=${'Command line'}></dw-copy-text>`
        : nothing
    }`;
  }

  private renderActions(buttonText: string): TemplateResult {
    const { progress } = this;
    return html`<div class="dw-wizard-end">
      ${this.failure ? html`<div class="dw-page-failure">${errorCallout(this.failure)}</div>` : nothing}
      <div class="dw-page-actions">
        ${
          progress
            ? html`<button type="button" class="dw-button" data-refocus @click=${() => this.running?.abort()}>Cancel</button>
                <div class="dw-wizard-progress">
                  <span role="status">${progress.stage}</span>${progressBar(progress.stage, progress.share)}
                </div>`
            : html`<button type="submit" class="dw-button dw-primary" data-refocus>${buttonText}</button>
                <span class="dw-muted" role="status">${this.note(buttonText)}</span>`
        }
      </div>
    </div>`;
  }

  /** No field is to name what another names: a source is no target. */
  private takenBeside(field: FormField): ReadonlyMap<string, string> {
    const isName = ({ control }: FormField): boolean => control === 'device' || control === 'volume';
    const others = isName(field) ? this.fields.filter((other) => other !== field && isName(other)) : [];
    const more = isRepeatable(field) ? [] : this.more;
    const named = others.flatMap((other): [string, string][] => {
      const name = shownValue(other, this.draft, {});
      return typeof name === 'string' && name !== '' ? [[name, `it is chosen as ${other.label}`]] : [];
    });
    return new Map([...named, ...more.map((name): [string, string] => [name, 'it is chosen to be written'])]);
  }

  private note(buttonText: string): string {
    if (this.resolver.pending) return 'Checking what you gave…';
    return buttonText === BUTTON_TEXT.plan ? 'Nothing is written before you have seen the plan.' : '';
  }

  private messagesOf(field: FormField): string[] {
    const messages = errorsByField(this.fields, this.resolver.resolution?.errors ?? []).get(field.name) ?? [];
    return this.visited.has(field.name) && !this.unjudged.has(field.name) ? messages : [];
  }

  private change(field: FormField, value: DraftValue): void {
    this.draft = { ...this.draft, [field.name]: value };
    this.unjudged.add(field.name);
    // What is being typed is not finished; what was chosen or marked is.
    if (field.control !== 'text' && field.control !== 'number') this.visit(field);
    this.failure = null;
    this.draftChanged.fire();
    this.askAgain();
  }

  private visit({ name }: FormField): void {
    if (!this.visited.has(name)) this.visited = new Set([...this.visited, name]);
  }

  private readonly submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (this.progress || !this.found) return;
    this.visited = new Set(this.fields.map(({ name }) => name));
    this.failure = null;
    const { found } = this;
    this.progress = { stage: 'Checking…', done: 0, share: null };
    await this.resolver.settled(PATIENCE_MILLISECONDS);
    this.progress = null;
    const { pending, resolution } = this.resolver;
    if (!pending && resolution && resolution.errors.length > 0) return this.showFirstError();
    await this.run(found);
  };

  private async run({ contribution }: ContributedCommand): Promise<void> {
    const proposed = this.resolver.resolution?.defaults ?? {};
    const input = inputOf(this.fields, this.draft, proposed);
    const lasting = inputOf(this.fields, lastingDraft(this.fields, this.draft), proposed);
    const running = new AbortController();
    this.running = running;
    this.progress = { stage: 'Starting…', done: 0, share: null };
    try {
      const onProgress = (progress: CommandProgress): void => void (this.progress = progress);
      const execute = (one: CommandInput) =>
        executeCommand(this.workbench, contribution.id, one, { signal: running.signal, onProgress });
      const more = this.more.map((value) => value.trim()).filter(Boolean);
      const repeatable = this.fields.find(isRepeatable);
      if (!repeatable || more.length === 0) return await openOutcome(this.workbench, contribution, lasting, await execute(input));
      const plans: string[] = [];
      for (const value of [input[repeatable.name], ...more]) {
        const outcome = await execute({ ...input, [repeatable.name]: value });
        if (outcome.kind === 'plan') plans.push(outcome.plan);
      }
      this.progress = { stage: 'Looking at the targets…', done: 0, share: null };
      const jobs = await applyTogether(this.workbench, contribution.title, plans, running.signal);
      for (const key of jobs ?? []) await this.workbench.editors.open({ type: 'job', key });
    } catch (error) {
      if (!isCancellation(error)) this.failure = error;
    } finally {
      this.running = null;
      this.progress = null;
    }
  }

  private async focusControl(id: string): Promise<void> {
    await this.updateComplete;
    await Promise.resolve();
    this.querySelector<HTMLElement>(`#${CSS.escape(id)}`)?.focus();
  }

  private async showFirstError(): Promise<void> {
    await this.updateComplete;
    const [first] = this.fields.filter((field) => this.messagesOf(field).length > 0);
    const control = first && this.querySelector<HTMLElement>(`#${CSS.escape(`${this.idPrefix}-${first.name}`)}`);
    const focusable = control?.matches('input, select, textarea')
      ? control
      : control?.querySelector<HTMLElement>('input, button, select');
    focusable?.focus();
  }
}
