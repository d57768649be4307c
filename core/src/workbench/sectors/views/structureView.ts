import { html, nothing, type TemplateResult } from 'lit';
import type { StructureField } from '@diskwright/sdk/protocol';
import { printable, printableLines } from '../../../common/text/printable';
import { hexOffset } from '../model/offsetFormat';
import { contains, overlap } from '../model/sortedRanges';
import type { ByteView } from '../byteView';
import type { ListedStructure } from '../data/structureList';
import type { PlacedStructure } from '../data/structureCache';
import type { ActiveChange } from '../sectors';
import { SectorView } from './sectorView';
import { decodeBase64 } from '../../widgets/shared/base64';
import { showError } from '../../widgets/shared/errorText';
import { virtualList } from './virtualList';

/** More of a value is not read in a tree. */
const valueLength = 300;
const shortened = (text: string): string => (text.length > valueLength ? `${text.slice(0, valueLength)}…` : text);

/** Structures at the cursor as trees of fields, and all structures of the device to jump to. */
class StructureView extends SectorView {
  /** Structures and fields that the user closed or opened against the default, by place. */
  private readonly toggled = new Set<string>();
  private editing: { key: string; problem: string | null } | null = null;
  private filter = '';
  private listOpen = true;
  private readonly list = virtualList<ListedStructure>({
    label: 'All structures of the device',
    row: (entry) =>
      html`<i class="codicon codicon-symbol-structure" aria-hidden="true"></i
        ><span class="dw-grow">${printable(entry.name)}</span
        >${entry.findings > 0 ? html`<span class="dw-sectors-bad" title="${entry.findings} findings"><i class="codicon codicon-warning" aria-hidden="true"></i>${entry.findings}</span>` : ''}<span
          class="dw-sectors-place"
          >${hexOffset(entry.offset)}</span
        >`,
    choose: (entry) => this.editor?.goTo({ offset: entry.offset, length: 1 }),
  });

  protected override concerns(change: ActiveChange): boolean {
    return change !== 'scroll';
  }

  protected override updated(): void {
    const current = this.querySelector('.dw-current');
    if (current && !this.contains(document.activeElement)) current.scrollIntoView({ block: 'nearest' });
  }

  protected content(editor: ByteView): TemplateResult {
    const { cursor } = editor.selection;
    const document = editor.document!;
    const here = document.structures.meeting({ offset: cursor, length: 1 });
    return html`<div class="dw-sectors-structures">
      <div class="dw-sectors-tree" role="tree" aria-label="Structures at the cursor" @keydown=${this.treeKey}>
        ${here.length > 0 ? here.map((placed) => this.structure(placed, cursor)) : this.nothingHere(document.structures.knows(cursor))}
      </div>
      ${this.allStructures(editor)}
    </div>`;
  }

  private nothingHere(known: boolean): TemplateResult {
    if (!known) return html`<p class="dw-sectors-note">Asking the plugins what lies here…</p>`;
    return html`<p class="dw-sectors-note">
      No structure that a plugin knows lies at the cursor. Go to one in the list below, or with Alt+Down to the next.
    </p>`;
  }

  private structure(placed: PlacedStructure, cursor: number): TemplateResult {
    const { structure, provider, scope } = placed;
    const key = `${scope} ${structure.offset} ${structure.name}`;
    const open = !this.toggled.has(key);
    const where = scope === null ? 'partition table' : scope === 0 ? 'whole device' : `partition ${scope}`;
    const go = (): void => this.editor?.goTo({ offset: structure.offset, length: structure.length });
    return html`<div
        role="treeitem"
        aria-expanded=${open}
        aria-level="1"
        tabindex="0"
        data-key=${key}
        class="dw-sectors-structure"
      >
        <div class="dw-sectors-item dw-sectors-title" @click=${() => this.toggle(key)} @dblclick=${go}>
          <i class="codicon codicon-chevron-${open ? 'down' : 'right'}" aria-hidden="true"></i>
          <strong>${printable(structure.name)}</strong>
          <span class="dw-sectors-place">${hexOffset(structure.offset)}, ${structure.length} bytes</span>
        </div>
        <div class="dw-sectors-source" title="Described by">${where}, ${provider}: ${printable(structure.source)}</div>
        ${structure.findings.map(
          (finding) =>
            html`<div class="dw-sectors-finding dw-${finding.severity}">
              <i class="codicon codicon-${finding.severity}" aria-hidden="true"></i>${finding.severity}:
              ${printable(finding.message)}
            </div>`,
        )}
      </div>
      ${open ? structure.fields.map((field) => this.field(placed, field, [], 2, cursor)) : nothing}`;
  }

  private field(
    placed: PlacedStructure,
    field: StructureField,
    outer: readonly string[],
    level: number,
    cursor: number,
  ): TemplateResult {
    const path = [...outer, field.name];
    const name = printable(field.name);
    const key = `${placed.scope} ${field.offset} ${path.join('.')}`;
    const document = this.editor!.document!;
    const within = contains(field, cursor);
    const nested = field.fields?.length ? field.fields : null;
    // Long lists, such as of partition entries, are closed except where the cursor is.
    const open = nested !== null && (within || nested.length <= 8) !== this.toggled.has(key);
    const wrong = placed.structure.findings.some(({ ranges }) => ranges.some((range) => overlap(range, field)));
    const changed =
      !nested && document.edits.runs().some(({ offset, after }) => overlap({ offset, length: after.length }, field));
    const staged = changed ? document.judge.stagedValue(placed.structure.name, path, field.offset) : null;
    const classes = ['dw-sectors-item', within && !nested ? 'dw-current' : '', wrong ? 'dw-wrong' : ''].join(' ');
    const go = (): void => this.editor?.goTo({ offset: field.offset, length: field.length });
    return html`<div
        role="treeitem"
        aria-level=${level}
        aria-expanded=${nested ? String(open) : nothing}
        aria-selected=${within && !nested ? 'true' : 'false'}
        aria-label="${name}${nested ? '' : `: ${shortened(printable(staged ?? field.value))}`}${changed ? ', its bytes are changed and not written' : ''}${wrong ? ', a finding concerns it' : ''}"
        tabindex="-1"
        data-key=${key}
      >
        <div
          class=${classes}
          title=${printableLines(field.description ?? field.name)}
          style="padding-left:${level * 10}px"
          @click=${go}
        >
          ${
            nested
              ? html`<i
                  class="codicon codicon-chevron-${open ? 'down' : 'right'}"
                  aria-hidden="true"
                  @click=${(event: Event) => {
                    event.stopPropagation();
                    this.toggle(key);
                  }}
                ></i>`
              : html`<i class="dw-sectors-indent" aria-hidden="true"></i>`
          }
          <span class="dw-sectors-name">${name}</span>
          ${wrong ? html`<i class="codicon codicon-warning" aria-hidden="true"></i>` : ''}
          ${changed ? html`<i class="codicon codicon-diff-modified dw-sectors-changed" title=${staged === null ? 'Changed, not written: this is the value on the device' : 'Changed, not written'} aria-hidden="true"></i>` : ''}
          ${this.value(placed, field, path, key, staged)}
        </div>
      </div>
      ${open ? nested.map((inner) => this.field(placed, inner, path, level + 1, cursor)) : nothing}`;
  }

  /** @param staged what it would read with the changes that are not written, if that is known and different */
  private value(
    placed: PlacedStructure,
    field: StructureField,
    path: readonly string[],
    key: string,
    staged: string | null,
  ): TemplateResult {
    if (field.fields?.length) return html`<span class="dw-sectors-value"></span>`;
    const { editing } = this;
    if (editing?.key === key) {
      return html`<span class="dw-sectors-value"
        ><input
          class="dw-input"
          aria-label="${printable(field.name)}, new value"
          .value=${staged ?? field.value}
          @click=${(event: Event) => event.stopPropagation()}
          @keydown=${(event: KeyboardEvent) => this.inputKey(event, placed, path, key)}
          @blur=${() => this.edit(null)}
        />${editing.problem ? html`<span class="dw-sectors-problem" role="alert">${editing.problem}</span>` : ''}</span
      >`;
    }
    const unlocked = this.editor?.document?.unlocked;
    const begin = (event: Event): void => {
      event.stopPropagation();
      if (unlocked) this.edit({ key, problem: null });
    };
    const shown = printableLines(staged ?? field.value);
    const whole = staged === null ? shown : `${shown}\nOn the device: ${printableLines(field.value)}`;
    return html`<span class="dw-sectors-value" @dblclick=${begin}
      ><span class="dw-sectors-value-text ${staged === null ? '' : 'dw-sectors-after'}" title=${whole}
        >${shortened(printable(staged ?? field.value))}</span
      >${
        unlocked
          ? html`<button
              class="dw-icon-button"
              tabindex="-1"
              aria-label="Change ${printable(field.name)}"
              title="Change (F2)"
              @click=${begin}
            >
              <i class="codicon codicon-edit" aria-hidden="true"></i>
            </button>`
          : ''
      }</span
    >`;
  }

  private allStructures(editor: ByteView): TemplateResult {
    const { structureList, cache } = editor.document!;
    // The bytes come first: a plugin may have to be started for the list.
    if (this.listOpen && cache.hasAnswered) void structureList.read();
    const words = this.filter.toLowerCase();
    this.list.items = structureList.entries.filter(({ name }) => name.toLowerCase().includes(words));
    this.list.requestUpdate();
    const { state, entries } = structureList;
    const isRead = state === 'read' || state === 'truncated';
    const isReading = state === 'reading' || this.listOpen;
    const more = state === 'truncated' ? ', and more that are not listed' : '';
    const count = isRead ? `${entries.length}${more}` : isReading ? 'reading…' : 'not read yet';
    return html`<section class="dw-sectors-all" ?data-open=${this.listOpen}>
      <button class="dw-sectors-section" aria-expanded=${this.listOpen} @click=${() => this.flip()}>
        <i class="codicon codicon-chevron-${this.listOpen ? 'down' : 'right'}" aria-hidden="true"></i>All structures (${count})
      </button>
      ${
        this.listOpen
          ? html`<input
                class="dw-input"
                type="search"
                placeholder="Filter by name"
                aria-label="Filter structures by name"
                @input=${(event: Event) => {
                  this.filter = (event.target as HTMLInputElement).value;
                  this.requestUpdate();
                }}
              />${this.list}`
          : nothing
      }
    </section>`;
  }

  private flip(): void {
    this.listOpen = !this.listOpen;
    this.requestUpdate();
  }

  private toggle(key: string): void {
    if (!this.toggled.delete(key)) this.toggled.add(key);
    this.requestUpdate();
  }

  private edit(editing: StructureView['editing']): void {
    this.editing = editing;
    this.requestUpdate();
    if (editing) void this.updateComplete.then(() => this.querySelector<HTMLInputElement>('.dw-sectors-value input')?.select());
  }

  /** By a key: the field has the focus again. */
  private endEditing(key: string): void {
    this.edit(null);
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus());
  }

  private inputKey(event: KeyboardEvent, placed: PlacedStructure, path: readonly string[], key: string): void {
    event.stopPropagation();
    if (event.key === 'Escape') this.endEditing(key);
    if (event.key === 'Enter') void this.encode(placed, path, (event.target as HTMLInputElement).value, key);
  }

  private async encode(placed: PlacedStructure, path: readonly string[], value: string, key: string): Promise<void> {
    const document = this.editor?.document;
    if (!document) return;
    try {
      const { offset, bytes } = await this.sectors.workbench.host.request('structures/encodeField', {
        deviceId: document.device.deviceId,
        scope: placed.scope,
        structureOffset: placed.structure.offset,
        structure: placed.structure.name,
        field: [...path],
        value,
      });
      await document.write(offset, decodeBase64(bytes));
      this.endEditing(key);
    } catch (error) {
      this.editing = { key, problem: showError(error).message };
      this.requestUpdate();
    }
  }

  /** Arrow keys move through the tree; right and left open and close; Enter goes to the bytes, F2 changes the value. */
  private readonly treeKey = (event: KeyboardEvent): void => {
    const item = (event.target as Element).closest<HTMLElement>('[role="treeitem"]');
    if (!item || event.target instanceof HTMLInputElement) return;
    const items = [...this.querySelectorAll<HTMLElement>('[role="treeitem"]')];
    const index = items.indexOf(item);
    const expanded = item.getAttribute('aria-expanded');
    switch (event.key) {
      case 'ArrowDown':
        items[index + 1]?.focus();
        break;
      case 'ArrowUp':
        items[index - 1]?.focus();
        break;
      case 'ArrowRight':
        if (expanded === 'false') this.toggle(item.dataset.key!);
        else items[index + 1]?.focus();
        break;
      case 'ArrowLeft':
        if (expanded === 'true') this.toggle(item.dataset.key!);
        else
          items
            .slice(0, index)
            .findLast((other) => levelOf(other) < levelOf(item))
            ?.focus();
        break;
      case 'Enter':
        item.querySelector<HTMLElement>('.dw-sectors-item')?.click();
        break;
      case 'F2':
        if (this.editor?.document?.unlocked) this.edit({ key: item.dataset.key!, problem: null });
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
}
customElements.define('dw-sector-structures', StructureView);

const levelOf = (item: HTMLElement): number => Number(item.getAttribute('aria-level'));
