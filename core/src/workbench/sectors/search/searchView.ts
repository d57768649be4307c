import { html, nothing, type TemplateResult } from 'lit';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { SearchHit } from '../../../common/workbench';
import { formatSize } from '../../../common/text/size';
import type { Disposable } from '../../api';
import { LONGEST_PATTERN } from '../../../common/text/longestPattern';
import { decodeBase64 } from '../../widgets/shared/base64';
import { LightElement } from '../../widgets/lightElement';
import { hexOffset, partitionAt } from '../model/offsetFormat';
import { textSign, toHex } from '../model/byteClass';
import { firstStartingAt } from '../model/sortedRanges';
import type { Sectors } from '../sectors';
import { virtualList } from '../views/virtualList';
import { encodings, patternProblem, type Encoding, type PatternKind, type PatternProblem } from './patternField';

type Where = 'device' | 'partition' | 'selection';
const kinds: readonly [PatternKind, string][] = [
  ['text', 'Text'],
  ['hex', 'Hex'],
  ['regex', 'Regular expression'],
];
const placeholders: Record<PatternKind, string> = {
  text: 'Text to find',
  hex: '53 EF ?? 4?',
  regex: 'EFI PART|\\x55\\xAA',
};

/** Finds bytes on the active device: hits come while the device is read. */
export class SearchView extends LightElement {
  /** Set by who makes it, before it is shown. */
  sectors!: Sectors;
  private kind: PatternKind = 'text';
  private text = '';
  private ignoreCase = false;
  private readonly chosen = new Set<Encoding>(['utf-8', 'utf-16le']);
  private where: Where = 'device';
  /** Something was changed since the last search. */
  private edited = false;
  /** Why the last search was not even begun. */
  private refusal: string | null = null;
  private readonly list = virtualList<SearchHit>({
    label: 'Hits',
    row: (hit) => hitRow(hit, this.sectors.search.kind),
    choose: (hit) => this.goTo(hit),
  });

  protected override attach(keep: (item: Disposable) => void): void {
    keep(this.sectors.search.onDidChange(() => this.requestUpdate()));
    keep(
      this.sectors.onDidChangeActive((change) => {
        if (change === 'editor' || change === 'document') this.requestUpdate();
      }),
    );
  }

  /** Puts the focus where the pattern is written. @param kind and @param text to begin with */
  focusPattern(kind?: PatternKind, text?: string): void {
    if (kind) this.kind = kind;
    if (text) this.text = text;
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector<HTMLInputElement>('.dw-sectors-pattern')?.select());
  }

  /** To the hit after the cursor or the one before it, around the ends. */
  next(step: 1 | -1): void {
    const { search, active } = this.sectors;
    if (search.hits.length === 0 || !active) return this.focusPattern();
    const { cursor } = active.selection;
    const index = step === 1 ? firstStartingAt(search.hits, cursor + 1) : firstStartingAt(search.hits, cursor) - 1;
    const around = (index + search.hits.length) % search.hits.length;
    this.list.select(around);
    this.goTo(search.hits[around]!);
  }

  protected override render(): TemplateResult {
    const { search, active } = this.sectors;
    const document = active?.document;
    this.list.items = search.hits;
    this.list.requestUpdate();
    const running = search.state.kind === 'running';
    const problem = this.problem();
    return html`<form class="dw-sectors-search" @submit=${(event: Event) => this.submit(event)}>
        <div class="dw-sectors-actions">
          <select
            class="dw-select"
            aria-label="Kind of pattern"
            .value=${this.kind}
            @change=${(event: Event) => this.set(() => (this.kind = (event.target as HTMLSelectElement).value as PatternKind))}
          >
            ${kinds.map(([kind, label]) => html`<option value=${kind} ?selected=${kind === this.kind}>${label}</option>`)}
          </select>
          <input
            class="dw-input dw-mono dw-sectors-pattern"
            aria-label="Pattern"
            aria-invalid=${problem ? 'true' : 'false'}
            aria-describedby="dw-sectors-pattern-problem"
            placeholder=${placeholders[this.kind]}
            spellcheck="false"
            data-autofocus
            .value=${this.text}
            @input=${(event: Event) => this.set(() => (this.text = (event.target as HTMLInputElement).value))}
          />
          <select
            class="dw-select"
            aria-label="Where to search"
            @change=${(event: Event) => this.set(() => (this.where = (event.target as HTMLSelectElement).value as Where))}
          >
            <option value="device" ?selected=${this.where === 'device'}>Whole device</option>
            <option value="partition" ?selected=${this.where === 'partition'}>Partition at the cursor</option>
            <option value="selection" ?selected=${this.where === 'selection'}>Selection</option>
          </select>
          ${
            running
              ? html`<button class="dw-button" type="button" @click=${() => search.cancel()}>Cancel</button>`
              : html`<button class="dw-button dw-primary" ?disabled=${!document || this.text === ''}>Search</button>`
          }
          <button
            class="dw-icon-button"
            type="button"
            title="Previous hit (Shift+F3)"
            aria-label="Previous hit"
            @click=${() => this.next(-1)}
          >
            <i class="codicon codicon-arrow-up" aria-hidden="true"></i>
          </button>
          <button class="dw-icon-button" type="button" title="Next hit (F3)" aria-label="Next hit" @click=${() => this.next(1)}>
            <i class="codicon codicon-arrow-down" aria-hidden="true"></i>
          </button>
        </div>
        ${this.options()}
        ${
          problem
            ? html`<pre class="dw-sectors-caret" role="alert" id="dw-sectors-pattern-problem">
${problem.caret}${problem.message}</pre>`
            : nothing
        }
      </form>
      ${this.progress()}
      ${
        search.hits.length > 0
          ? this.list
          : html`<p class="dw-sectors-note">
              ${document ? hints(search.state.kind) : 'Open a device first: its sectors can then be searched.'}
            </p>`
      }`;
  }

  private options(): TemplateResult | typeof nothing {
    if (this.kind === 'hex') return nothing;
    const toggle = (encoding: Encoding): void =>
      this.set(() => {
        if (!this.chosen.delete(encoding)) this.chosen.add(encoding);
        if (this.chosen.size === 0) this.chosen.add('utf-8');
      });
    return html`<div class="dw-sectors-options">
      <label class="dw-sectors-check">
        <input
          type="checkbox"
          .checked=${this.ignoreCase}
          @change=${() => this.set(() => (this.ignoreCase = !this.ignoreCase))}
        />
        Ignore case
      </label>
      ${
        this.kind === 'text'
          ? encodings.map(
              (encoding) =>
                html`<label class="dw-sectors-check">
                  <input type="checkbox" .checked=${this.chosen.has(encoding)} @change=${() => toggle(encoding)} />
                  ${encoding}
                </label>`,
            )
          : nothing
      }
    </div>`;
  }

  /** What the host answered to the last search, and why none was begun; nothing after a change. */
  private problem(): PatternProblem | null {
    const { state } = this.sectors.search;
    if (this.edited) return null;
    if (this.refusal) return { message: this.refusal, caret: '' };
    return state.kind === 'failed' ? patternProblem(state.error, this.text) : null;
  }

  private progress(): TemplateResult | typeof nothing {
    const { figures, state, hits } = this.sectors.search;
    if (state.kind === 'idle' || (state.kind === 'failed' && hits.length === 0)) return nothing;
    const done = figures ? `${formatSize(figures.done)} of ${formatSize(figures.total)}` : '';
    const rate = figures && state.kind === 'running' ? `${formatSize(Math.round(figures.bytesPerSecond))}/s` : '';
    const skipped = figures?.skipped ? `${formatSize(figures.skipped)} of holes skipped` : '';
    const unreadable = figures?.unreadable ? `${formatSize(figures.unreadable)} unreadable` : '';
    const ended =
      state.kind === 'ended' ? { done: 'Done', cancelled: 'Cancelled', limit: 'Stopped at the limit' }[state.how] : '';
    const words = [
      ended,
      `${hits.length.toLocaleString('en')} ${hits.length === 1 ? 'hit' : 'hits'}`,
      done,
      rate,
      skipped,
      unreadable,
    ];
    return html`<div class="dw-sectors-progress" role="status">
      ${
        state.kind === 'running'
          ? html`<progress
              aria-label="Search"
              max="1"
              .value=${figures && figures.total > 0 ? figures.done / figures.total : 0}
            ></progress>`
          : nothing
      }
      <span>${words.filter(Boolean).join(', ')}</span>
    </div>`;
  }

  private set(change: () => void): void {
    change();
    this.edited = true;
    this.requestUpdate();
  }

  private submit(event: Event): void {
    event.preventDefault();
    const { active, search } = this.sectors;
    const document = active?.document;
    if (!active || !document || this.text === '') return;
    this.edited = false;
    const range = this.range(active.selection.cursor, active.range);
    this.refusal = range === null ? NO_PARTITION : this.text.length > LONGEST_PATTERN ? tooLong(this.text) : null;
    this.requestUpdate();
    if (range === null || this.refusal !== null) return;
    const pattern = { kind: this.kind, text: this.text, ignoreCase: this.ignoreCase, encodings: [...this.chosen] };
    void search.start(document.device.path, document.device.deviceId, pattern, range);
  }

  /** Undefined for all of the device, null when there is no such range. */
  private range(cursor: number, selected: ByteRange): ByteRange | undefined | null {
    if (this.where === 'device') return undefined;
    if (this.where === 'selection') return selected;
    const partition = partitionAt(this.sectors.active?.document?.partitions ?? [], cursor);
    return partition ? { offset: partition.start, length: partition.size } : null;
  }

  private goTo(hit: SearchHit): void {
    const { search, active, workbench } = this.sectors;
    search.choose(hit);
    if (active?.document?.device.path === search.path) active?.goTo(hit);
    else if (search.path) void this.sectors.open(search.path, { offset: hit.offset, length: hit.length });
    else workbench.notifications.info('The device of these hits is closed.');
  }
}
customElements.define('dw-sector-search', SearchView);

const NO_PARTITION = 'The cursor lies in no partition: move it into the one to be searched, or search the whole device.';
const tooLong = ({ length }: string): string =>
  `The pattern has ${length.toLocaleString('en')} characters, and ${LONGEST_PATTERN.toLocaleString('en')} can be searched for: shorten it.`;

function hints(state: string): string {
  if (state === 'failed') return 'Change the pattern, then search again.';
  if (state === 'running') return 'Hits come here as they are found.';
  return state === 'ended' ? 'Nothing was found.' : 'Hits come here while the device is read; F3 goes from one to the next.';
}

/** Where there is little room, only what the pattern was written as is shown: text for hex, and the other way round. */
function hitRow(hit: SearchHit, kind: PatternKind): TemplateResult {
  const [before, all] = [decodeBase64(hit.before), decodeBase64(hit.bytes)];
  const [found, after] = [all.subarray(0, hit.length), all.subarray(hit.length)];
  const text = (part: Uint8Array): string => Array.from(part, textSign).join('');
  const [hexClass, textClass] = kind === 'hex' ? ['', 'dw-sectors-wide'] : ['dw-sectors-wide', ''];
  return html`<span class="dw-sectors-place">${hexOffset(hit.offset, 8)}</span>
    <span class="dw-mono dw-sectors-context ${hexClass}"
      >${toHex(before.subarray(-4), ' ')}
      <mark>${toHex(found.subarray(0, 16), ' ')}</mark> ${toHex(after.subarray(0, 8), ' ')}</span
    >
    <span class="dw-mono dw-sectors-context dw-grow ${textClass}"
      ><span class="dw-sectors-lead">${text(before)}</span><mark>${text(found)}</mark>${text(after)}</span
    >`;
}
