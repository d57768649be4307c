import '@vscode-elements/elements/dist/vscode-badge/index.js';
import { html, nothing, render } from 'lit';
import type { KnownView, Views } from '../services/views';

/** The column of icons that chooses the side bar's view. */
export class ActivityBar {
  readonly element = document.createElement('nav');

  /**
   * @param current the view that is shown; null when the side bar is hidden
   * @param choose an icon was pressed
   */
  constructor(
    private readonly views: Views,
    private readonly current: () => string | null,
    private readonly choose: (id: string) => void,
    private readonly openSettings: (at: { x: number; y: number }) => void,
  ) {
    this.element.className = 'dw-activity-bar';
    this.element.setAttribute('aria-label', 'Activity bar');
    views.onDidChange(() => this.update());
  }

  focus(): void {
    this.element.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }

  update(): void {
    const known = this.views.at('sidebar');
    const tabStop = known.find(({ view }) => view.id === this.current()) ?? known[0];
    render(
      html`<div
          role="toolbar"
          aria-label="Views"
          aria-orientation="vertical"
          class="dw-activity-items"
          @keydown=${this.onKeyDown}
        >
          ${known.map((each) => this.button(each, each === tabStop))}
        </div>
        <button
          type="button"
          class="dw-activity-item"
          title="Manage"
          aria-label="Manage"
          aria-haspopup="menu"
          @click=${this.manage}
        >
          <i class="codicon codicon-gear" aria-hidden="true"></i>
        </button>`,
      this.element,
    );
  }

  private button({ view, badge }: KnownView, tabStop: boolean): unknown {
    const pressed = view.id === this.current();
    return html`<button
      type="button"
      class="dw-activity-item"
      title=${badge ? `${view.title} (${badge.label})` : view.title}
      aria-label=${badge ? `${view.title}, ${badge.label}` : view.title}
      aria-pressed=${pressed}
      tabindex=${tabStop ? 0 : -1}
      @click=${() => this.choose(view.id)}
    >
      <i class="codicon codicon-${view.icon}" aria-hidden="true"></i>
      ${badge ? html`<vscode-badge variant="activity-bar-counter" aria-hidden="true">${badge.text}</vscode-badge>` : nothing}
    </button>`;
  }

  private readonly manage = (event: Event): void => {
    const { right, bottom } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    this.openSettings({ x: right, y: bottom });
  };

  private readonly onKeyDown = (event: KeyboardEvent): void => {
    const buttons = [...this.element.querySelectorAll<HTMLElement>('.dw-activity-items button')];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    const targets: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 };
    const target = targets[event.key];
    if (target === undefined || buttons.length === 0) return;
    event.preventDefault();
    buttons[(target + buttons.length) % buttons.length]!.focus();
  };
}
