import { html, type TemplateResult } from 'lit';

/** A place on a device. */
export interface PlaceRow {
  /** As many as there are columns, each a whole cell. */
  cells: TemplateResult;
  /** Says of the button which sectors it opens. */
  openLabel: string;
  open(): void;
}

/**
 * Places on devices, each with a way to its sectors, in a frame that scrolls.
 * @param label the name of the frame and of the table
 * @param columns whole heading cells
 */
export function placesTable(label: string, columns: TemplateResult, rows: readonly PlaceRow[]): TemplateResult {
  return html`<div class="dw-holes-frame" tabindex="0" role="region" aria-label=${label}>
    <table class="dw-table dw-holes" aria-label=${label}>
      <thead>
        <tr>
          ${columns}
          <th scope="col"><span class="dw-visually-hidden">Actions</span></th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ cells, openLabel, open }) =>
            html`<tr>
              ${cells}
              <td>
                <button type="button" class="dw-link-button" aria-label="Open sectors ${openLabel}" @click=${open}>
                  Open sectors
                </button>
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
