import { html, render } from 'lit';
import { plural } from '../../../common/text/size';
import { showError } from '../../widgets/shared/errorText';
import type { ByteView } from '../byteView';
import { toneSigns } from '../grid/palette';
import { freeName, readBookmarks, type PortableBookmark } from '../model/bookmarkText';
import type { Sectors } from '../sectors';

/** Asks for bookmarks as JSON, pasted or from a file, and adds those that are not there yet. */
export async function addBookmarks(sectors: Sectors, editor: ByteView): Promise<void> {
  const { key, device } = editor.document!;
  const { workbench, bookmarks } = sectors;
  let found: PortableBookmark[] = [];
  let changed = (): void => undefined;
  const body = window.document.createElement('div');
  body.className = 'dw-sectors-add';
  const read = (text: string): void => {
    let words = 'Paste what Copy Bookmarks as JSON wrote, or choose a file.';
    let isWrong = false;
    found = [];
    try {
      if (text.trim() !== '') {
        found = readBookmarks(text, device.size);
        words = `${plural(found.length, 'bookmark')} can be added.`;
      }
    } catch (error) {
      isWrong = true;
      words = showError(error).message;
    }
    show(text, words, isWrong);
    changed();
  };
  const readFile = async ({ target }: Event): Promise<void> => {
    const [file] = (target as HTMLInputElement).files ?? [];
    if (file) read(await file.text());
  };
  const show = (text: string, words: string, isWrong: boolean): unknown =>
    render(
      html`<textarea
          class="dw-input dw-mono"
          rows="10"
          aria-label="Bookmarks as JSON"
          aria-invalid=${isWrong}
          aria-describedby="dw-sectors-add-words"
          spellcheck="false"
          .value=${text}
          @input=${(event: Event) => read((event.target as HTMLTextAreaElement).value)}
        ></textarea>
        <input type="file" aria-label="File with bookmarks" accept=".json,application/json" @change=${readFile} />
        <p id="dw-sectors-add-words" class=${isWrong ? 'dw-sectors-problem' : ''} role="status">${words}</p>`,
      body,
    );
  read('');
  const button = await workbench.dialogs.show({
    title: `Add bookmarks to ${workbench.devices.label(device.path)}`,
    body,
    buttons: [{ label: 'Add bookmarks', kind: 'primary' }, { label: 'Cancel' }],
    enabled: (index) => index !== 0 || found.length > 0,
    onOpen: (tellChanged) => {
      changed = tellChanged;
    },
  });
  if (button !== 0) return;
  const there = bookmarks.of(key);
  const isThere = ({ name, offset, length }: PortableBookmark): boolean =>
    there.some((one) => one.name === name && one.offset === offset && one.length === length);
  const fresh = found.filter((bookmark) => !isThere(bookmark));
  for (const bookmark of fresh) {
    const name = freeName(bookmark.name, (candidate) => bookmarks.find(key, candidate) !== undefined);
    bookmarks.put(key, { ...bookmark, name, id: crypto.randomUUID(), tone: bookmark.tone % toneSigns.length });
  }
  const known = found.length - fresh.length;
  workbench.notifications.info(`Added ${plural(fresh.length, 'bookmark')}${known > 0 ? `; ${known} stood there already` : ''}.`);
}
