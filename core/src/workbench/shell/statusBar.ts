import { html, nothing, render, type TemplateResult } from 'lit';
import { printable } from '../../common/text/printable';
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
    const { icon, words } = partsOf(printable(item.text));
    const tooltip = item.tooltip === undefined ? undefined : printable(item.tooltip);
    const name = words || tooltip || item.id;
    const content = html`${icon ? html`<i class="codicon codicon-${icon}" aria-hidden="true"></i>` : nothing}${words ? html`<span>${words}</span>` : nothing}`;
    if (item.command === undefined) {
      return html`<span class=${className} data-status=${item.id} title=${tooltip ?? nothing}>${content}</span>`;
    }
    const { command, args } = item;
    return html`<button
      type="button"
      class=${className}
      data-status=${item.id}
      title=${tooltip ?? nothing}
      aria-label=${tooltip && tooltip !== name ? `${name}. ${tooltip}` : name}
      @click=${() => this.commands.run(command, args)}
    >
      ${content}
    </button>`;
  }
}

/** `$(lock) Read-only`: an icon at the beginning only, since names of disks and files may stand behind it. */
function partsOf(text: string): { icon: string | undefined; words: string } {
  const [, icon, words] = /^(?:\$\(([\w-]+)\))?(.*)$/s.exec(text)!;
  return { icon, words: words!.trim() };
}
