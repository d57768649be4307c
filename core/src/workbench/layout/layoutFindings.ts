import { html, type TemplateResult } from 'lit';
import type { Workbench } from '../api';
import type { FindingsModel } from '../findings/findingsModel';
import { findingItem } from '../results/findingItem';

/** What is wrong with the device, as far as it was looked at. */
export function layoutFindings({ commands }: Workbench, findings: FindingsModel, path: string): TemplateResult {
  const { items } = findings.of(path);
  const nothingWrong = html`<p class="dw-muted">
    Reading the layout found nothing wrong. Select a volume and choose Check Volume to look closer.
  </p>`;
  return html`<section class="dw-layout-findings" aria-label="Findings">
    <h2>Findings</h2>
    ${
      items.length === 0
        ? nothingWrong
        : html`<ul>
            ${items.map(
              ({ finding }) =>
                html`<li>
                  ${findingItem(finding, ({ offset, length }) => void commands.run('devices.openSectors', { path, offset, length }))}
                </li>`,
            )}
          </ul>`
    }
  </section>`;
}
