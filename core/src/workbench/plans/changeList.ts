import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Finding } from '@diskwright/sdk/protocol';
import { printable } from '../../common/text/printable';
import { formatSize, plural } from '../../common/text/size';
import type { ByteChange, FieldChange, WorkbenchResult } from '../../common/workbench';
import type { HostConnection } from '../api';
import { decodeBase64 } from '../widgets/shared/base64';
import { LightElement } from '../widgets/lightElement';
import { callout, errorCallout, icon } from '../widgets/parts';
import { capitalised, isCancellation } from '../widgets/shared/errorText';
import { byteDiff, changedBytes, type DiffByte, type DiffRow } from './byteDiff';
import { findingItem } from '../results/findingItem';

type Changes = WorkbenchResult<'plans/changes'>;
type OpenPlace = (place: { device: string; offset: number }) => void;

/** Of more changes, each is opened by hand. */
const OPEN_CHANGES = 3;

/** What a plan writes by value, as fields and as bytes, and what its result will be found to have that today's device has not. */
@customElement('dw-plan-changes')
export class ChangeList extends LightElement {
  @state() private changes: Changes | null = null;
  @state() private failure: unknown = null;
  @state() private opened: ReadonlySet<number> = new Set();
  @state() private loading: AbortController | null = null;

  constructor(
    private readonly host: HostConnection,
    private readonly digest: string,
    private readonly openAt: OpenPlace,
  ) {
    super();
    void this.load();
  }

  dispose(): void {
    this.loading?.abort();
  }

  private async load(): Promise<void> {
    const loading = new AbortController();
    this.loading = loading;
    this.failure = null;
    try {
      this.changes = await this.host.request('plans/changes', { digest: this.digest }, loading.signal);
      if (this.changes.changes.length <= OPEN_CHANGES) this.opened = new Set(this.changes.changes.keys());
    } catch (error) {
      if (!isCancellation(error)) this.failure = error;
    } finally {
      this.loading = null;
    }
  }

  protected override render(): unknown {
    if (this.failure) return errorCallout(this.failure, this.retryButton('Try again'));
    if (this.loading) {
      return html`<div class="dw-actions">
        <span class="dw-muted" role="status">Comparing with what is on the device now…</span>
        <button type="button" class="dw-button" @click=${() => this.loading?.abort()}>Stop comparing</button>
      </div>`;
    }
    if (!this.changes)
      return html`<p class="dw-muted">The comparison was stopped.</p>
        ${this.retryButton('Compare')}`;
    const { changes, truncated, appearing, disappearing, incomplete } = this.changes;
    return html`${incomplete ? callout('warning', capitalised(incomplete)) : nothing}
    ${findings('Findings that appear', 'error', appearing)} ${findings('Findings that go away', 'success', disappearing)}
    ${
      changes.length === 0
        ? html`<p class="dw-muted">This plan writes no single bytes: it only copies, clears and checks.</p>`
        : changes.map((change, index) => this.renderChange(change, index))
    }
    ${truncated ? callout('info', 'Not all changes or fields are listed here. The steps name all that is written.') : nothing}`;
  }

  private retryButton(label: string): TemplateResult {
    return html`<div class="dw-actions">
      <button type="button" class="dw-button" @click=${() => this.load()}>${label}</button>
    </div>`;
  }

  private renderChange(change: ByteChange, index: number): TemplateResult {
    const { device, structure, reason, offset, length } = change;
    return html`<details
      class="dw-change"
      ?open=${this.opened.has(index)}
      @toggle=${(event: Event) => this.toggle(index, (event.target as HTMLDetailsElement).open)}
    >
      <summary>
        <span class="dw-change-title">${capitalised(printable(structure))}</span>
        <span class="dw-muted"
          >${formatSize(length)} at ${offset} of ${printable(`${device}${reason ? `, ${reason}` : ''}`)}</span
        >
      </summary>
      ${this.opened.has(index) ? this.renderContent(change) : nothing}
    </details>`;
  }

  private renderContent({ device, offset, length, before, after, fields, unreadable }: ByteChange): TemplateResult {
    const [old, now] = [decodeBase64(before), decodeBase64(after)];
    const count = changedBytes(old, now);
    const shown = Math.max(old.length, now.length);
    return html`<div class="dw-change-content">
      ${fields.length > 0 ? fieldTable(fields) : nothing}
      <div class="dw-actions">
        <span>${unreadable ? 'What is there now cannot be read.' : differenceText(count, shown)}</span>
        <button type="button" class="dw-button" @click=${() => this.openAt({ device, offset })}>
          ${icon('file-binary')}Open sectors
        </button>
      </div>
      ${count === 0 ? nothing : byteTable(byteDiff(offset, old, now))}
      ${shown < length ? html`<p class="dw-muted">The first ${shown} of ${length} bytes are shown.</p>` : nothing}
    </div>`;
  }

  private toggle(index: number, open: boolean): void {
    if (open === this.opened.has(index)) return;
    this.opened = new Set(open ? [...this.opened, index] : [...this.opened].filter((other) => other !== index));
  }
}

function findings(title: string, kind: 'error' | 'success', list: readonly Finding[]): unknown {
  if (list.length === 0) return nothing;
  return callout(
    kind,
    html`<strong>${title}</strong>
      <ul class="dw-findings">
        ${list.map((finding) => html`<li>${findingItem(finding)}</li>`)}
      </ul>`,
  );
}

const differenceText = (count: number, shown: number): string =>
  count === 0 ? 'Its bytes are the same as now.' : `${plural(count, 'byte')} of ${shown} will be different.`;

function fieldTable(fields: readonly FieldChange[]): TemplateResult {
  return html`<table class="dw-table dw-field-changes">
    <thead>
      <tr>
        <th scope="col">Structure</th>
        <th scope="col">Field</th>
        <th scope="col">Before</th>
        <th scope="col">After</th>
      </tr>
    </thead>
    <tbody>
      ${fields.map(
        ({ structure, field, before, after }) =>
          html`<tr>
            <td>${printable(structure)}</td>
            <td>${printable(field)}</td>
            <td class="dw-diff-removed"><span class="dw-diff-sign">−</span> ${printable(before) || 'nothing'}</td>
            <td class="dw-diff-added"><span class="dw-diff-sign">+</span> ${printable(after) || 'nothing'}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function byteTable(rows: readonly DiffRow[]): TemplateResult {
  return html`<table class="dw-byte-diff">
    <thead>
      <tr>
        <th scope="col">Byte</th>
        <th scope="col">Before</th>
        <th scope="col">After</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map((row) =>
        'skippedLines' in row
          ? html`<tr>
              <td colspan="3" class="dw-muted">${plural(row.skippedLines, 'line')} without a change</td>
            </tr>`
          : html`<tr>
              <th scope="row">${row.offset.toString(16).toUpperCase().padStart(8, '0')}</th>
              <td>${bytes(row.before, 'dw-byte-removed')}</td>
              <td>${bytes(row.after, 'dw-byte-added')}</td>
            </tr>`,
      )}
    </tbody>
  </table>`;
}

/** Runs of bytes that are alike, so that a line is a few elements and not sixteen. */
function bytes(line: readonly DiffByte[], changedClass: string): TemplateResult[] {
  const runs: { text: string; changed: boolean }[] = [];
  for (const [index, { hex, changed }] of line.entries()) {
    const text = (hex || '  ') + (index === 7 ? '  ' : ' ');
    const last = runs.at(-1);
    if (last && last.changed === changed) last.text += text;
    else runs.push({ text, changed });
  }
  return runs.map(({ text, changed }) => {
    const blanks = text.slice(text.trimEnd().length);
    return changed ? html`<b class=${changedClass}>${text.trimEnd()}</b>${blanks}` : html`${text}`;
  });
}
