import { html, nothing, render, type TemplateResult } from 'lit';
import type { QuickItem } from '../../../api';
import type { FuzzyMatch } from './fuzzy';
import './quickBox.css';
import type { RankedItem } from './rank';

/** What is shown below the field in place of a list. */
export interface BoxMessage {
  text: string;
  wrong: boolean;
}

/** Who fills the box, and hears what the user does in it. */
export interface BoxOwner {
  /** Shown above the field; without it the placeholder is its name. */
  title?: string;
  placeholder: string;
  /** It lists items for the text: Enter waits for them. Otherwise the text itself is accepted. */
  hasList: boolean;
  onInput(text: string): void;
  onMove?(item: QuickItem | undefined): void;
  /** Enter, or a click on an item. The box stays open until it is closed. */
  onAccept(item: QuickItem | undefined): void;
  /** The box was left otherwise. */
  onCancel(): void;
}

const LIST_ID = 'dw-quick-list';
const SHOWN_ITEMS = 200;
const PAGE_ITEMS = 10;

/** The field with a list below it: one at a time, at the top of the window. */
export class QuickBox {
  private readonly element = document.createElement('div');
  private owner: BoxOwner | null = null;
  private text = '';
  /** The label of the item that the user went to, of what is listed for this text. */
  private chosen: string | null = null;
  private items: readonly RankedItem[] | null = null;
  private selected = 0;
  private message: BoxMessage | null = null;
  private busy = false;
  /** What is listed is for the text in the field. */
  private isListed = false;
  /** Enter was pressed before that: it is meant for the best of what will be listed. */
  private isAccepted = false;

  constructor(private readonly returnFocus: () => HTMLElement | null) {
    this.element.className = 'dw-quick-input';
    this.element.setAttribute('role', 'dialog');
    this.element.addEventListener('keydown', (event) => this.onKeyDown(event));
    this.element.addEventListener('focusout', ({ relatedTarget }) => {
      // A window that loses the focus as a whole takes it back later.
      if (this.owner && document.hasFocus() && !(relatedTarget instanceof Node && this.element.contains(relatedTarget)))
        this.cancel();
    });
  }

  get isOpen(): boolean {
    return this.owner !== null;
  }

  /** Takes the place of whatever it showed. */
  open(owner: BoxOwner, text: string, select = false): void {
    const replaced = this.owner;
    this.owner = null;
    replaced?.onCancel();
    this.owner = owner;
    this.text = text;
    this.chosen = null;
    this.items = null;
    this.selected = 0;
    this.message = null;
    this.busy = false;
    this.isListed = false;
    this.isAccepted = false;
    this.element.setAttribute('aria-label', owner.title ?? owner.placeholder);
    document.body.append(this.element);
    this.draw();
    const input = this.element.querySelector('input')!;
    input.value = text;
    input.focus();
    if (select) input.select();
    else input.setSelectionRange(text.length, text.length);
    owner.onInput(text);
  }

  /** Closes it if it is still this owner's, and gives the focus back. */
  close(owner: BoxOwner): void {
    if (this.owner !== owner) return;
    this.owner = null;
    const hadFocus = this.element.contains(document.activeElement);
    this.element.remove();
    if (hadFocus) this.returnFocus()?.focus({ preventScroll: true });
  }

  /** Lists items for the text that stands in the field now. */
  setItems(owner: BoxOwner, items: readonly RankedItem[]): void {
    if (this.owner !== owner) return;
    this.items = items.slice(0, SHOWN_ITEMS);
    // What is listed anew for the same text leaves the user where they went.
    this.selected = Math.max(
      0,
      this.items.findIndex(({ item }) => item.label === this.chosen),
    );
    this.busy = false;
    this.message = items.length === 0 ? { text: 'Nothing matches.', wrong: false } : null;
    this.isListed = true;
    this.draw();
    owner.onMove?.(this.items[this.selected]?.item);
    if (this.isAccepted) this.accept(this.items[this.selected]?.item);
    this.isAccepted = false;
  }

  setMessage(owner: BoxOwner, message: BoxMessage | null): void {
    if (this.owner !== owner) return;
    this.message = message;
    this.draw();
  }

  setBusy(owner: BoxOwner): void {
    if (this.owner !== owner) return;
    this.busy = true;
    this.draw();
  }

  /** Puts another text into the field, as if it was typed. */
  setText(owner: BoxOwner, text: string): void {
    if (this.owner !== owner) return;
    this.element.querySelector('input')!.value = text;
    this.text = text;
    this.chosen = null;
    this.isListed = false;
    this.isAccepted = false;
    owner.onInput(text);
  }

  private cancel(): void {
    const { owner } = this;
    if (!owner) return;
    this.close(owner);
    owner.onCancel();
  }

  private onKeyDown(event: KeyboardEvent): void {
    const count = this.items?.length ?? 0;
    const moves: Record<string, number> = {
      ArrowDown: (this.selected + 1) % (count || 1),
      ArrowUp: (this.selected + count - 1) % (count || 1),
      PageDown: Math.min(count - 1, this.selected + PAGE_ITEMS),
      PageUp: Math.max(0, this.selected - PAGE_ITEMS),
    };
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
    const move = plain && count > 0 ? moves[event.key] : undefined;
    if (move !== undefined) this.select(move);
    else if (event.key === 'Enter' && !event.isComposing) this.enter();
    else if (event.key === 'Escape') this.cancel();
    // Nothing else in the box can take the focus.
    else if (event.key !== 'Tab') return;
    event.preventDefault();
    event.stopPropagation();
  }

  private select(index: number): void {
    this.selected = index;
    this.isAccepted = false;
    this.chosen = this.items?.[index]?.item.label ?? null;
    this.draw();
    this.element.querySelector(`#${LIST_ID}-${index}`)?.scrollIntoView({ block: 'nearest' });
    this.owner?.onMove?.(this.items?.[index]?.item);
  }

  private enter(): void {
    if (this.isListed || !this.owner?.hasList) this.accept(this.items?.[this.selected]?.item);
    else this.isAccepted = true;
  }

  private accept(item: QuickItem | undefined): void {
    this.owner?.onAccept(item);
  }

  private readonly onInput = (event: Event): void => {
    this.text = (event.target as HTMLInputElement).value;
    this.chosen = null;
    this.isListed = false;
    this.isAccepted = false;
    this.owner?.onInput(this.text);
  };

  private draw(): void {
    const { owner, items, message } = this;
    if (!owner) return;
    const hasList = items !== null && items.length > 0;
    const status = this.busy ? { text: 'Searching…', wrong: false } : message;
    render(
      html`<div class="dw-quick-head">
          ${owner.title ? html`<label for="dw-quick-field">${owner.title}</label>` : nothing}
          <input
            id="dw-quick-field"
            class="dw-input"
            type="text"
            role="combobox"
            autocomplete="off"
            spellcheck="false"
            aria-autocomplete="list"
            aria-haspopup="listbox"
            aria-expanded=${hasList}
            aria-controls=${hasList ? LIST_ID : nothing}
            aria-activedescendant=${hasList ? `${LIST_ID}-${this.selected}` : nothing}
            aria-label=${owner.title ? nothing : owner.placeholder}
            aria-invalid=${message?.wrong ?? false}
            aria-describedby="dw-quick-message"
            placeholder=${owner.placeholder}
            @input=${this.onInput}
          />
          <p id="dw-quick-message" class="dw-quick-message ${status?.wrong ? 'dw-wrong' : ''}" role="status" ?hidden=${!status}>
            ${status?.text}
          </p>
        </div>
        ${
          hasList
            ? html`<ul id=${LIST_ID} class="dw-quick-list" role="listbox" aria-label=${owner.title ?? owner.placeholder}>
                ${items.map((ranked, index) => this.row(ranked, index, items[index - 1]?.item.group))}
              </ul>`
            : nothing
        }`,
      this.element,
    );
  }

  private row({ item, shown, label, description }: RankedItem, index: number, groupBefore: string | undefined): TemplateResult {
    const heading = item.group !== undefined && item.group !== groupBefore;
    return html`${heading ? html`<li class="dw-quick-group" role="presentation">${item.group}</li>` : nothing}
      <li
        id="${LIST_ID}-${index}"
        class="dw-quick-item"
        role="option"
        aria-selected=${index === this.selected}
        @pointerdown=${(event: Event) => event.preventDefault()}
        @click=${() => this.accept(item)}
      >
        ${item.icon ? html`<i class="codicon codicon-${item.icon}" aria-hidden="true"></i>` : nothing}
        <span class="dw-quick-texts">
          <span class="dw-quick-line"
            ><span>${marked(shown.label, label)}</span>${
              shown.description
                ? html`<span class="dw-quick-description">${marked(shown.description, description)}</span>`
                : nothing
            }</span
          >
          ${shown.detail ? html`<span class="dw-quick-line dw-quick-detail"><br />${shown.detail}</span>` : nothing}
        </span>
        ${item.keys ? html`<kbd>${item.keys}</kbd>` : nothing}
      </li>`;
  }
}

/** A text with what matched set off. */
function marked(text: string, ranges: FuzzyMatch['ranges']): unknown {
  if (ranges.length === 0) return text;
  let at = 0;
  const parts = ranges.map(([start, end]) => {
    const before = text.slice(at, start);
    at = end;
    return html`${before}<mark>${text.slice(start, end)}</mark>`;
  });
  return [...parts, text.slice(at)];
}
