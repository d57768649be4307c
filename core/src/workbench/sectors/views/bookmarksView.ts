import { html, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import type { Bookmark } from '../data/bookmarks';
import type { SectorEditor } from '../editor/sectorEditor';
import { toneColour, toneNames, toneSigns } from '../grid/palette';
import { hexOffset } from '../model/offsetFormat';
import type { ActiveChange } from '../sectors';
import { SectorView } from './sectorView';

/** The bookmarks of the active device: named ranges with a colour, a shape and a note. */
class BookmarksView extends SectorView {
  protected override concerns(change: ActiveChange): boolean {
    return change === 'document' || change === 'editor';
  }

  protected content(editor: SectorEditor): TemplateResult {
    const { key } = editor.document!;
    const bookmarks = this.sectors.bookmarks.of(key);
    if (bookmarks.length === 0) {
      return this.empty(
        'This device has no bookmarks.',
        'Select bytes and bookmark them; go to them with @name. Bookmarks of elsewhere come in by Add Bookmarks from JSON… of the palette.',
        'sectors.toggleBookmark',
        'Bookmark the selection',
      );
    }
    const run = (command: string) => () => void this.sectors.workbench.commands.run(command);
    return html`<div class="dw-sectors-bookmarks">
      <div class="dw-sectors-actions">
        <button class="dw-button" @click=${run('sectors.exportBookmarks')}>Copy as JSON</button>
        <button class="dw-button" @click=${run('sectors.addBookmarks')}>Add from JSON…</button>
      </div>
      <table class="dw-sectors-table">
        <caption class="dw-visually-hidden">
          Bookmarks of this device
        </caption>
        <thead>
          <tr>
            <th scope="col">Mark</th>
            <th scope="col">Name</th>
            <th scope="col">Place</th>
            <th scope="col">Note</th>
            <th scope="col"><span class="dw-visually-hidden">Remove</span></th>
          </tr>
        </thead>
        <tbody>
          ${bookmarks.map((bookmark) => this.row(editor, bookmark))}
        </tbody>
      </table>
    </div>`;
  }

  private row(editor: SectorEditor, bookmark: Bookmark): TemplateResult {
    const { key } = editor.document!;
    const put = (change: Partial<Bookmark>): void => this.sectors.bookmarks.put(key, { ...bookmark, ...change });
    const tone = bookmark.tone % toneSigns.length;
    const text = (field: 'name' | 'note', label: string): TemplateResult =>
      html`<input
        class="dw-input"
        aria-label=${label}
        .value=${bookmark[field]}
        @change=${(event: Event) => {
          const value = (event.target as HTMLInputElement).value.trim();
          if (field === 'note' || value) put({ [field]: value });
        }}
      />`;
    return html`<tr>
      <td>
        <button
          class="dw-icon-button"
          style=${styleMap({ color: toneColour(tone) })}
          aria-label="${toneNames[tone]} ${toneSigns[tone]}: another colour and shape"
          title="Another colour and shape"
          @click=${() => put({ tone: (tone + 1) % toneSigns.length })}
        >
          ${toneSigns[tone]}
        </button>
      </td>
      <td>${text('name', 'Name')}</td>
      <td>
        <button class="dw-sectors-link" @click=${() => editor.goTo(bookmark)}>
          ${hexOffset(bookmark.offset)}${bookmark.length > 1 ? `, ${bookmark.length} bytes` : ''}
        </button>
      </td>
      <td>${text('note', 'Note')}</td>
      <td>
        <button
          class="dw-icon-button"
          aria-label="Remove ${bookmark.name}"
          title="Remove"
          @click=${() => this.sectors.bookmarks.remove(key, bookmark.id)}
        >
          <i class="codicon codicon-trash" aria-hidden="true"></i>
        </button>
      </td>
    </tr>`;
  }
}
customElements.define('dw-sector-bookmarks', BookmarksView);
