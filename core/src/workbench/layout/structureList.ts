import { html, nothing, type TemplateResult } from 'lit';
import { printable } from '../../common/text/printable';
import { sizeText } from '../widgets/shared/sizeText';
import { errorCallout } from '../widgets/parts';
import type { StructurePages } from './structurePages';

/** The structures of a table (null) or volume, once they are asked for, each with the way to its sectors. */
export function structureList(
  pages: StructurePages,
  scope: number | null,
  open: (range: { offset: number; length: number }) => void,
): TemplateResult {
  const loaded = pages.get(scope);
  const more = (label: string): TemplateResult =>
    html`<button type="button" class="dw-button" ?disabled=${loaded?.loading} @click=${() => pages.more(scope)}>
      ${loaded?.loading ? 'Reading…' : label}
    </button>`;
  return html`<h3>Structures</h3>
    ${
      loaded
        ? html`<ul class="dw-structure-list">
            ${loaded.entries.map(
              ({ name, offset, length, findings }) =>
                html`<li>
                  <button type="button" class="dw-link-button" @click=${() => open({ offset, length })}>
                    ${printable(name)}
                  </button>
                  <span class="dw-muted"
                    >${sizeText(length)} at byte
                    ${offset}${findings > 0 ? html`, <strong>${findings} findings</strong>` : nothing}</span
                  >
                </li>`,
            )}
          </ul>`
        : nothing
    }
    ${loaded?.error ? errorCallout(loaded.error) : nothing}
    ${loaded && !loaded.loading && loaded.entries.length === 0 && !loaded.error ? html`<p class="dw-muted">No plugin names a structure here.</p>` : nothing}
    ${loaded && loaded.next === null ? nothing : more(loaded ? 'More' : 'List structures')}`;
}
