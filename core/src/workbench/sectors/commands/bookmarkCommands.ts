import { plural } from '../../../common/text/size';
import { neighbour } from '../model/sortedRanges';
import { toneSigns } from '../grid/palette';
import { writeBookmarks } from '../model/bookmarkText';
import { hexOffset } from '../model/offsetFormat';
import type { ByteView } from '../byteView';
import type { Sectors } from '../sectors';

/** Takes the bookmark at the cursor away, or asks for the name of a new one over the selection. */
export async function toggleBookmark(sectors: Sectors, editor: ByteView): Promise<void> {
  const { key } = editor.document!;
  const { range } = editor;
  const { bookmarks, workbench } = sectors;
  const existing = bookmarks
    .of(key)
    .find(({ offset, length }) => offset === range.offset && (range.length === 1 || length === range.length));
  if (existing) return bookmarks.remove(key, existing.id);
  const count = bookmarks.of(key).length;
  const at = editor.document!.structures.at(range.offset);
  const name = await workbench.quickInput.input({
    title: `Bookmark ${range.length > 1 ? `${range.length} bytes at` : ''} ${hexOffset(range.offset)}`,
    placeholder: 'Name; it can be gone to as @name',
    value: at?.field?.offset === range.offset ? at.field.path.join('.') : (at?.placed.structure.name ?? `place ${count + 1}`),
    validate: (value) => {
      if (value.trim() === '') return { error: 'A bookmark has a name.' };
      return bookmarks.find(key, value.trim()) ? { error: 'There is a bookmark of this name.' } : null;
    },
  });
  editor.grid?.focus();
  if (!name?.trim()) return;
  bookmarks.put(key, { ...range, id: crypto.randomUUID(), name: name.trim(), note: '', tone: count % toneSigns.length });
}

export function goToBookmark(sectors: Sectors, editor: ByteView, direction: 'next' | 'previous'): void {
  const found = neighbour(sectors.bookmarks.of(editor.document!.key), editor.selection.cursor, direction);
  if (found) editor.goTo(found);
  else sectors.workbench.notifications.info('This device has no bookmarks.', { detail: 'Select bytes and bookmark them first.' });
}

/** Puts all bookmarks of the device on the clipboard as JSON. */
export async function exportBookmarks(sectors: Sectors, editor: ByteView): Promise<void> {
  const { key, device } = editor.document!;
  const bookmarks = sectors.bookmarks.of(key);
  await navigator.clipboard.writeText(writeBookmarks(device, bookmarks));
  sectors.workbench.notifications.info(`Copied ${plural(bookmarks.length, 'bookmark')} as JSON.`);
}
