import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { ByteRange, CommandInput, ViewResult } from '@diskwright/sdk/protocol';
import { printable, printableLines } from '../../common/text/printable';
import type { Workbench } from '../api';
import '../widgets/copyText';
import type { PaneElement } from '../widgets/elementPane';
import { LightElement } from '../widgets/lightElement';
import { errorCallout, icon } from '../widgets/parts';
import { emptyBlock } from '../widgets/shared/blocks';
import { isCancellation } from '../widgets/shared/errorText';
import { executeCommand } from '../wizards/runCommand';
import { findingItem } from './findingItem';
import { keptResult, replaceResult, type ShownResult } from './keptResults';
import './results.css';
import { ResultList } from './resultList';
import { ResultMap } from './resultMap';
import { ResultTable } from './resultTable';
import { ResultTree } from './resultTree';

/** Where a result came from: enough to have it again. */
export interface ResultParams {
  command: string;
  title: string;
  /** Without secrets. */
  input: CommandInput;
  /** The device that its ranges lie on; null when the command was given none. */
  device: string | null;
}

/** What a command answered: a table, a tree, a text, findings, a map, or a value. */
@customElement('dw-result')
export class ResultEditor extends LightElement implements PaneElement {
  @state() private result: ShownResult | undefined;
  @state() private failure: unknown = null;
  @state() private running: { stage: string; control: AbortController } | null = null;
  private shown: { of: ShownResult; content: unknown } | null = null;

  constructor(
    private readonly workbench: Workbench,
    private readonly key: string,
    private readonly params: ResultParams,
  ) {
    super();
    this.className = 'dw-page';
    this.result = keptResult(key);
  }

  unsaved(): string | null {
    const isWorking = this.shown?.content instanceof ResultList && this.shown.content.isWorking;
    return isWorking ? 'It is still at work, which stops when it is closed. What was done until then stays.' : null;
  }

  dispose(): void {
    this.running?.control.abort();
    this.disposeContent();
  }

  protected override render(): unknown {
    const { result, params, running } = this;
    return html`<div class="dw-page-scroll dw-result" tabindex="0" role="region" aria-label="Result" data-autofocus>
        <h1>${printable(titleOf(result) ?? params.title)}</h1>
        <p class="dw-muted dw-mono">${printable(`${params.command} ${JSON.stringify(params.input)}`)}</p>
        ${this.failure ? errorCallout(this.failure) : nothing}
        ${
          result
            ? this.contentOf(result)
            : emptyBlock(
                'This result is not kept',
                'Results are kept as long as the window is not loaded anew. Run the command again to see it.',
              )
        }
      </div>
      <div class="dw-page-actions">
        ${
          running
            ? html`<button type="button" class="dw-button" @click=${() => running.control.abort()}>Cancel</button>
                <span role="status">${printable(running.stage)}</span>`
            : html`<button type="button" class="dw-button" @click=${this.runAgain}>${icon('refresh')}Run again</button>`
        }
      </div>`;
  }

  /** Made once: elements keep what the user did in them. */
  private contentOf(result: ShownResult): unknown {
    if (this.shown?.of !== result) {
      this.disposeContent();
      this.shown = { of: result, content: this.makeContent(result) };
    }
    return this.shown.content;
  }

  private disposeContent(): void {
    if (this.shown?.content instanceof ResultList) this.shown.content.dispose();
  }

  private makeContent(result: ShownResult): unknown {
    if (result.kind === 'value') {
      return html`<pre class="dw-result-text" tabindex="0" aria-label="Value">
${printableLines(JSON.stringify(result.value, null, 2) ?? 'nothing')}</pre>`;
    }
    if (result.kind === 'list') return new ResultList(this.workbench, result.list, result.token);
    const { view } = result;
    const jump = this.params.device === null ? null : (range: ByteRange): void => this.jump(range);
    switch (view.view) {
      case 'table':
        return new ResultTable(view, jump);
      case 'tree':
        return new ResultTree(view.nodes, view.title, jump);
      case 'map':
        return new ResultMap(view, jump);
      case 'text':
        return html`<pre class="dw-result-text" tabindex="0" aria-label="Text">${printableLines(view.text)}</pre>`;
      case 'findings':
        return findings(view, jump);
    }
  }

  private jump({ offset, length }: ByteRange): void {
    const { device } = this.params;
    if (device !== null) void this.workbench.editors.open({ type: 'sectors', key: device, params: { offset, length } });
  }

  private readonly runAgain = async (): Promise<void> => {
    const control = new AbortController();
    this.running = { stage: 'Starting…', control };
    this.failure = null;
    try {
      const { command, input } = this.params;
      const onProgress = ({ stage }: { stage: string }): void => void (this.running = { stage, control });
      const outcome = await executeCommand(this.workbench, command, input, { signal: control.signal, onProgress });
      if (outcome.kind === 'plan') return void this.workbench.editors.open({ type: 'plan', key: outcome.plan });
      replaceResult(this.key, outcome);
      this.result = outcome;
    } catch (error) {
      if (!isCancellation(error)) this.failure = error;
    } finally {
      this.running = null;
    }
  };
}

function titleOf(result: ShownResult | undefined): string | undefined {
  if (result?.kind === 'list') return result.list.title;
  return result?.kind === 'view' ? result.view.title : undefined;
}

function findings(
  { findings: list }: Extract<ViewResult, { view: 'findings' }>,
  jump: ((range: ByteRange) => void) | null,
): TemplateResult {
  if (list.length === 0) return html`<p>${icon('pass')} Nothing was found.</p>`;
  return html`<ul class="dw-result-findings">
    ${list.map((finding) => html`<li>${findingItem(finding, jump ?? undefined)}</li>`)}
  </ul>`;
}
