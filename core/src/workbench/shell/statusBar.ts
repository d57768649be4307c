import { html, nothing, render, type TemplateResult } from 'lit';
import type { CommandService, StatusItem } from '../api';
import type { StatusItems } from '../services/statusItems';

/** The bar at the bottom of the window. */
export class StatusBar {
  readonly element = document.createElement('footer');

  constructor(
    private readonly items: StatusItems,
    private readonly commands: CommandService,
  ) {
    this.element.className = 'dw-status-bar';
    this.element.setAttribute('aria-label', 'Status bar');
    this.element.tabIndex = -1;
    items.onDidChange(() => this.update());
  }

  focus(): void {
    (this.element.querySelector<HTMLElement>('button') ?? this.element).focus();
  }

  update(): void {
    render(
      html`<div class="dw-status-side">${this.items.of('left').map((item) => this.item(item))}</div>
        <div class="dw-status-side dw-status-right">
          ${this.items
            .of('right')
            .reverse()
            .map((item) => this.item(item))}
        </div>`,
      this.element,
    );
  }

  private item(item: StatusItem): TemplateResult {
    const className = `dw-status-item dw-status-${item.kind ?? 'normal'}`;
    const name = item.text.replace(/\$\([\w-]+\)/g, '').trim() || item.tooltip || item.id;
    const content = withIcons(item.text);
    if (item.command === undefined) {
      return html`<span class=${className} data-status=${item.id} title=${item.tooltip ?? nothing}>${content}</span>`;
    }
    const { command, args } = item;
    return html`<button
      type="button"
      class=${className}
      data-status=${item.id}
      title=${item.tooltip ?? nothing}
      aria-label=${item.tooltip && item.tooltip !== name ? `${name}. ${item.tooltip}` : name}
      @click=${() => this.commands.run(command, args)}
    >
      ${content}
    </button>`;
  }
}

/** `$(lock) Read-only` with codicons in the place of their names. */
export function withIcons(text: string): unknown[] {
  return text
    .split(/(\$\([\w-]+\))/)
    .filter((part) => part !== '')
    .map((part) => {
      const name = /^\$\(([\w-]+)\)$/.exec(part)?.[1];
      return name ? html`<i class="codicon codicon-${name}" aria-hidden="true"></i>` : html`<span>${part.trim()}</span>`;
    });
}
