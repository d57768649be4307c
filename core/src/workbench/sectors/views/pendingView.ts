import { html, type TemplateResult } from 'lit';
import type { Finding } from '@diskwright/sdk/protocol';
import { plural } from '../../../common/text/size';
import type { SectorDocument } from '../data/sectorDocument';
import type { ByteView } from '../byteView';
import { toHex } from '../model/byteClass';
import { printable } from '../../../common/text/printable';
import { sentence, showError } from '../../widgets/shared/errorText';
import { hexOffset } from '../model/offsetFormat';
import type { StagedRun } from '../model/stagedEdits';
import type { ActiveChange } from '../sectors';
import { SectorView } from './sectorView';

const shownBytes = 16;

/** The bytes that were changed and not written, and what the plugins think of them. */
class PendingView extends SectorView {
  protected override concerns(change: ActiveChange): boolean {
    return change === 'document' || change === 'editor';
  }

  protected content(editor: ByteView): TemplateResult {
    const document = editor.document!;
    const runs = document.edits.runs();
    if (runs.length === 0) {
      return document.unlocked
        ? this.empty(
            'No bytes are changed.',
            'Type over bytes in the hex or text column, or change a field in the Structure view.',
          )
        : this.empty('No bytes are changed, and editing is locked.', '', 'sectors.toggleLock', 'Unlock editing…');
    }
    return html`<div class="dw-sectors-pending">
      <div class="dw-sectors-actions">
        <button class="dw-button dw-primary" @click=${() => this.run('sectors.reviewChanges')}>Review changes…</button>
        <button class="dw-button" @click=${() => this.run('sectors.undo')}>Undo</button>
        <button class="dw-button" @click=${() => this.run('sectors.redo')}>Redo</button>
        <button class="dw-button" @click=${() => this.run('sectors.revertAll')}>Revert all</button>
        <span>${plural(document.edits.count, 'byte')} changed, nothing is written yet.</span>
      </div>
      ${this.judgement(document)}
      <table class="dw-sectors-table dw-mono">
        <caption class="dw-visually-hidden">
          Changed bytes
        </caption>
        <thead>
          <tr>
            <th scope="col">Offset</th>
            <th scope="col">Belongs to</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
            <th scope="col"><span class="dw-visually-hidden">Revert</span></th>
          </tr>
        </thead>
        <tbody>
          ${runs.map((run) => this.row(editor, run))}
        </tbody>
      </table>
    </div>`;
  }

  private row(editor: ByteView, run: StagedRun): TemplateResult {
    const document = editor.document!;
    const at = document.structures.at(run.offset);
    const owner = at ? [at.placed.structure.name, at.field?.path.join('.')].filter(Boolean).join(', ') : '';
    const revert = (): void => {
      document.edits.revert(run.offset, run.after.length);
      document.editsChanged();
    };
    return html`<tr>
      <td>
        <button class="dw-sectors-link" @click=${() => editor.goTo({ offset: run.offset, length: run.after.length })}>
          ${hexOffset(run.offset)}
        </button>
      </td>
      <td class="dw-prose">${printable(owner) || 'no known structure'}</td>
      <td class="dw-sectors-before">${short(run.before)}</td>
      <td class="dw-sectors-after">${short(run.after)}</td>
      <td>
        <button class="dw-icon-button" aria-label="Revert the change at ${hexOffset(run.offset)}" title="Revert" @click=${revert}>
          <i class="codicon codicon-discard" aria-hidden="true"></i>
        </button>
      </td>
    </tr>`;
  }

  private judgement({ judge }: SectorDocument): TemplateResult {
    const { judgement } = judge;
    switch (judgement.state) {
      case 'none':
        return html``;
      case 'judging':
        return html`<p class="dw-sectors-note" role="status">Asking the plugins what these changes lead to…</p>`;
      case 'failed': {
        return html`<p class="dw-sectors-note" role="status">
          <i class="codicon codicon-info" aria-hidden="true"></i> The changes could not be judged:
          ${showError(judgement.error).message}
        </p>`;
      }
      case 'judged': {
        const { appearing, disappearing } = judgement;
        if (appearing.length + disappearing.length === 0) {
          return html`<p class="dw-sectors-note" role="status">
            <i class="codicon codicon-pass" aria-hidden="true"></i> The plugins find nothing wrong that was not there before.
          </p>`;
        }
        return html`<div role="status">
          <ul class="dw-sectors-findings" aria-label="What the changes lead to">
            ${appearing.map((finding) => this.finding(finding, 'would appear'))}
            ${disappearing.map((finding) => this.finding(finding, 'would be gone'))}
          </ul>
        </div>`;
      }
    }
  }

  private finding({ severity, message, ranges, todo }: Finding, words: string): TemplateResult {
    const [place] = ranges;
    return html`<li class="dw-${severity}">
      <i class="codicon codicon-${severity}" aria-hidden="true"></i>
      <span
        ><strong>${severity}, ${words}:</strong> ${printable(sentence(message))} ${printable(todo ? sentence(todo) : '')}</span
      >
      ${place ? html`<button class="dw-sectors-link" @click=${() => this.editor?.goTo(place)}>${hexOffset(place.offset)}</button>` : ''}
    </li>`;
  }

  private run(command: string): void {
    void this.sectors.workbench.commands.run(command);
  }
}
customElements.define('dw-sector-pending', PendingView);

function short(bytes: Uint8Array): string {
  const text = toHex(bytes.subarray(0, shownBytes), ' ');
  return bytes.length > shownBytes ? `${text} … (${bytes.length} bytes)` : text;
}
