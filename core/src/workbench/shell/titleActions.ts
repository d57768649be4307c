import { html, nothing, type TemplateResult } from 'lit';
import type { CommandService } from '../api';
import type { Menus } from '../services/menus/menus';

/** The entries of a menu as buttons with icons; those without an icon show their title. */
export function titleActions(menu: string, { menus, commands }: { menus: Menus; commands: CommandService }): TemplateResult[] {
  return menus.groupsOf(menu).flatMap((group) =>
    group.map(({ entry, title, icon, enabled, checked, keys }) => {
      const hint = keys ? `${title} (${keys})` : title;
      return html`<button
        type="button"
        class="dw-icon-button"
        title=${hint}
        aria-label=${title}
        aria-pressed=${checked === null ? nothing : checked}
        ?disabled=${!enabled}
        @click=${() => commands.run(entry.command, entry.args)}
      >
        ${icon ? html`<i class="codicon codicon-${icon}" aria-hidden="true"></i>` : title}
      </button>`;
    }),
  );
}
