import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from 'lit/directives/style-map.js';
import { printable } from '../../../common/text/printable';
import type { Bookmark } from '../data/bookmarks';
import type { ByteView } from '../byteView';
import { toneColour, toneNames, toneSigns } from '../grid/palette';
import { hexOffset } from '../model/offsetFormat';
import type { ActiveChange } from '../sectors';
import { SectorView } from './sectorView';

/** The bookmarks of the active device: named ranges with a colour, a shape and a note. */
class BookmarksView extends SectorView {
  protected override concerns(change: ActiveChange): boolean {
    return change === 'document' || change === 'editor';
  }

  protected content(editor: ByteView): TemplateResult {
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
      <ul class="dw-sectors-bookmark-list" aria-label="Bookmarks of this device">
        ${repeat(
          bookmarks,
          ({ id }) => id,
          (bookmark) => this.row(editor, bookmark),
        )}
      </ul>
    </div>`;
  }

  private row(editor: ByteView, bookmark: Bookmark): TemplateResult {
    const { key } = editor.document!;
    const put = (change: Partial<Bookmark>): void => this.sectors.bookmarks.put(key, { ...bookmark, ...change });
    const tone = bookmark.tone % toneSigns.length;
    const bytes = bookmark.length > 1 ? `, ${bookmark.length} bytes` : '';
    return html`<li>
      <button
        class="dw-icon-button"
        style=${styleMap({ color: toneColour(tone) })}
        aria-label="${toneNames[tone]} ${toneSigns[tone]}: another colour and shape"
        title="Another colour and shape"
        @click=${() => put({ tone: (tone + 1) % toneSigns.length })}
      >
        ${toneSigns[tone]}
      </button>
      <input
        class="dw-input"
        aria-label="Name"
        title="Name: go there as @${printable(bookmark.name)}"
        .value=${live(bookmark.name)}
        @change=${(event: Event) => this.rename(event.target as HTMLInputElement, key, bookmark)}
      />
      <button class="dw-sectors-link" title="Go there" @click=${() => editor.goTo(bookmark)}>
        ${hexOffset(bookmark.offset)}${bytes}
      </button>
      <button
        class="dw-icon-button"
        aria-label="Remove ${printable(bookmark.name)}"
        title="Remove"
        @click=${() => this.sectors.bookmarks.remove(key, bookmark.id)}
      >
        <i class="codicon codicon-trash" aria-hidden="true"></i>
      </button>
      <input
        class="dw-input dw-sectors-note-input"
        aria-label="Note"
        placeholder="Note"
        .value=${live(bookmark.note)}
        @change=${(event: Event) => put({ note: (event.target as HTMLInputElement).value.trim() })}
      />
    </li>`;
  }

  /** Two of one name could not both be gone to. */
  private rename(input: HTMLInputElement, key: string, bookmark: Bookmark): void {
    const { bookmarks, workbench } = this.sectors;
    const name = input.value.trim();
    const other = bookmarks.find(key, name);
    if (name !== '' && (!other || other.id === bookmark.id)) return bookmarks.put(key, { ...bookmark, name });
    input.value = bookmark.name;
    workbench.notifications.warn(name === '' ? 'A bookmark has a name.' : `There is a bookmark "${printable(name)}" already.`, {
      detail: `It is still called "${printable(bookmark.name)}".`,
    });
  }
}
customElements.define('dw-sector-bookmarks', BookmarksView);
