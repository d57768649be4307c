import { html, nothing, type TemplateResult } from 'lit';
import type { Workbench } from '../api';
import { actionButton, icon } from '../widgets/parts';
import { commandCatalogue } from '../wizards/commandCatalogue';
import { placedCommands } from '../wizards/placedCommands';
import { whyMissing } from '../wizards/whyMissing';
import { PLANNING_COMMAND } from './planning/planningSession';

export interface LayoutToolbarView {
  path: string;
  planning: boolean;
  /** How many changes are planned. */
  planned: number;
  togglePlanning(): void;
}

/** What can be done with the whole device. */
export function layoutToolbar({ commands, host }: Workbench, view: LayoutToolbarView): TemplateResult {
  const { path, planning, planned } = view;
  const catalogue = commandCatalogue(host);
  const unplannable = whyMissing(catalogue, PLANNING_COMMAND);
  const button = (label: string, name: string, command: string, args: object): TemplateResult =>
    actionButton(name, label, () => commands.run(command, args));
  return html`<div class="dw-actions dw-layout-toolbar">
    <button
      type="button"
      class="dw-button ${planning ? 'dw-primary' : ''}"
      aria-pressed=${planning}
      ?disabled=${unplannable !== null && !planning}
      aria-describedby=${unplannable === null ? nothing : 'dw-unplannable'}
      @click=${() => view.togglePlanning()}
    >
      ${icon('edit')}Plan changes${!planning && planned > 0 ? ` (${planned} planned)` : ''}
    </button>
    ${button('Sectors', 'file-binary', 'devices.openSectors', { path })}
    ${placedCommands(catalogue, { path, place: 'device' }).map(({ command, title, icon: name, args }) => button(title, name, command, args))}
    ${unplannable === null ? nothing : html`<span id="dw-unplannable" class="dw-muted">Partitions cannot be planned. ${unplannable}</span>`}
  </div>`;
}
