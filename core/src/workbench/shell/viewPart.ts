import '@vscode-elements/elements/dist/vscode-badge/index.js';
import { html, nothing, render, type TemplateResult } from 'lit';
import type { View } from '../api';
import type { Commands } from '../services/commands';
import type { ContextKeys } from '../services/contextKeys';
import type { Menus } from '../services/menus/menus';
import type { KnownView, ViewHost, Views } from '../services/views';
import { emptyBlock } from '../widgets/shared/blocks';
import { titleActions } from './titleActions';
import { WidgetHost } from './widgetHost';

export interface PartServices {
  views: Views;
  menus: Menus;
  commands: Commands;
  context: ContextKeys;
}

/** What a part does not decide itself: whether there is room for it. */
export interface PartFrame {
  isVisible(): boolean;
  setVisible(visible: boolean): void;
}

/** The views of one place, of which one is shown: with tabs above it, or behind the activity bar with its title only. */
export class ViewPart implements ViewHost {
  readonly element = document.createElement('section');
  private readonly header = document.createElement('div');
  private readonly body = new WidgetHost(document.createElement('div'));
  private readonly nothing = document.createElement('div');
  /** What was chosen; as long as there is no such view, the first one is shown. */
  private chosenId: string | null = null;

  constructor(
    private readonly place: View['place'],
    private readonly label: string,
    private readonly services: PartServices,
    private readonly frame: PartFrame,
  ) {
    this.element.className = `dw-part dw-part-${place}`;
    this.element.setAttribute('aria-label', label);
    this.element.tabIndex = -1;
    this.header.className = 'dw-part-header';
    this.body.element.classList.add('dw-part-body');
    this.nothing.hidden = true;
    render(emptyBlock('Nothing here', 'No plugin brings a view for this place.'), this.nothing);
    this.element.append(this.header, this.nothing, this.body.element);
    services.views.setHost(place, this);
    services.context.bind(this.element, () => ({ focusedView: this.current, [`${place}Focus`]: true }));
    for (const event of [services.views.onDidChange, services.menus.onDidChange]) event(() => this.update());
    services.context.onDidChange(() => this.drawHeader());
  }

  get visible(): boolean {
    return this.frame.isVisible();
  }

  get current(): string | null {
    return this.shown?.view.id ?? this.chosenId;
  }

  show(id: string): void {
    this.chosenId = id;
    this.frame.setVisible(true);
    this.update();
  }

  /** Chooses what is shown without making the part visible: for restoring a session. */
  select(id: string | null): void {
    this.chosenId = id;
    this.update();
  }

  focus(): void {
    const { widget } = this.body;
    if (widget) widget.activate();
    if (!this.element.contains(document.activeElement)) this.element.focus();
  }

  update(): void {
    const { shown } = this;
    // Views are made when they can be seen.
    const isSeen = shown !== null && this.visible && this.element.isConnected;
    this.body.show(isSeen ? this.services.views.widgetOf(shown) : null);
    this.nothing.hidden = shown !== null;
    this.drawHeader();
  }

  private get shown(): KnownView | null {
    const { known } = this;
    return known.find(({ view }) => view.id === this.chosenId) ?? known[0] ?? null;
  }

  private get known(): KnownView[] {
    return this.services.views.at(this.place);
  }

  private drawHeader(): void {
    if (!this.visible) return;
    const { known, shown } = this;
    const title = shown?.view.title ?? this.label;
    render(
      html`${this.place === 'sidebar' ? html`<h2 class="dw-part-title">${title}</h2>` : this.tabs(known)}
        <div class="dw-part-actions" role="toolbar" aria-label="${title} actions">
          ${shown ? titleActions(`title:${shown.view.id}`, this.services) : nothing}
          ${
            this.place === 'sidebar'
              ? nothing
              : html`<button
                  type="button"
                  class="dw-icon-button"
                  title="Hide ${this.label}"
                  aria-label="Hide ${this.label}"
                  @click=${() => this.frame.setVisible(false)}
                >
                  <i class="codicon codicon-close" aria-hidden="true"></i>
                </button>`
          }
        </div>`,
      this.header,
    );
  }

  private tabs(known: KnownView[]): TemplateResult {
    return html`<div class="dw-part-tabs" role="tablist" aria-label=${this.label} @keydown=${this.onTabKey}>
      ${known.map(
        ({ view, badge }) =>
          html`<button
            type="button"
            role="tab"
            class="dw-part-tab"
            data-view=${view.id}
            aria-selected=${view.id === this.current}
            tabindex=${view.id === this.current ? 0 : -1}
            title=${view.title}
            @click=${() => this.show(view.id)}
          >
            ${view.title}${
              badge
                ? html` <vscode-badge variant="tab-header-counter" title=${badge.label} aria-hidden="true"
                      >${badge.text}</vscode-badge
                    ><span class="dw-visually-hidden">${badge.label}</span>`
                : nothing
            }
          </button>`,
      )}
    </div>`;
  }

  private readonly onTabKey = (event: KeyboardEvent): void => {
    const { known } = this;
    const at = known.findIndex(({ view }) => view.id === this.current);
    const targets: Record<string, number> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: known.length - 1 };
    const target = targets[event.key];
    if (target === undefined || known.length === 0) return;
    event.preventDefault();
    const { id } = known[(target + known.length) % known.length]!.view;
    this.show(id);
    this.header.querySelector<HTMLElement>(`[data-view="${CSS.escape(id)}"]`)?.focus();
  };
}
