import { RefusedError } from '@diskwright/sdk/errors';
import { formatSize } from '../../../common/text/size';
import { copyFormats, copyLimit, hexDump, type CopyFormat } from '../model/copyFormats';
import { hexOffset } from '../model/offsetFormat';
import type { ByteView } from '../byteView';
import type { Sectors } from '../sectors';

async function copy(sectors: Sectors, editor: ByteView, format: CopyFormat): Promise<void> {
  const { range } = editor;
  if (range.length > copyLimit) {
    throw new RefusedError(`the selection of ${formatSize(range.length)} is too long for the clipboard`, {
      todo: `Select at most ${formatSize(copyLimit)}. Longer ranges can be exported over NBD from the Devices view.`,
    });
  }
  const { bytes, unreadable } = await editor.document!.readBytes(range);
  await navigator.clipboard.writeText(format.write(bytes, range.offset));
  const words = `Copied ${formatSize(range.length)} as ${format.title}`;
  const [first] = unreadable;
  if (!first) return sectors.workbench.notifications.info(`${words}.`);
  const missing = unreadable.reduce((sum, { length }) => sum + length, 0);
  sectors.workbench.notifications.warn(`${words}, but ${formatSize(missing)} of it could not be read.`, {
    detail: `Zeros stand for what was not read, first at offset ${hexOffset(first.offset)}.`,
  });
}

/** Writes what is on the clipboard over the bytes from the cursor on. */
export async function pasteBytes({ workbench }: Sectors, editor: ByteView): Promise<void> {
  let text: string;
  try {
    text = await navigator.clipboard.readText();
  } catch {
    throw new RefusedError('the browser does not let this page read the clipboard', {
      todo: 'Press Ctrl+V over the bytes instead.',
    });
  }
  if (text === '') return workbench.notifications.info('There is no text on the clipboard.');
  await editor.typing?.paste(text);
}

/** As hex from the hex column, as text from the text column. */
export function copySelection(sectors: Sectors, editor: ByteView): Promise<void> {
  const id = editor.column === 'hex' ? 'hex' : 'text';
  return copy(
    sectors,
    editor,
    copyFormats.find((format) => format.id === id)!,
  );
}

export async function copySelectionAs(sectors: Sectors, editor: ByteView): Promise<void> {
  const items = copyFormats.map((format) => ({ label: format.title, format }));
  const chosen = await sectors.workbench.quickInput.pick(items, { placeholder: `Copy ${formatSize(editor.range.length)} as` });
  editor.grid?.focus();
  if (chosen) await copy(sectors, editor, chosen.format);
}

/** The visible bytes as plain text, for reading by screen reader or for copying by hand. */
export async function showAsText(sectors: Sectors, editor: ByteView): Promise<void> {
  const { grid, document } = editor;
  if (!grid || !document) return;
  const range = grid.visible;
  const { bytes, unreadable } = await document.readBytes(range);
  const area = window.document.createElement('textarea');
  area.className = 'dw-sectors-text';
  area.readOnly = true;
  area.rows = 24;
  area.cols = 80;
  area.setAttribute('aria-label', `Bytes of ${editor.label} as text`);
  const structures = document.structures
    .meeting(range)
    .map(
      ({ structure }) =>
        `${structure.name} at ${structure.offset}: ${structure.fields.map(({ name, value }) => `${name} = ${value}`).join('; ')}`,
    );
  const holes = unreadable.map(({ offset, length }) => `unreadable, zeros above: ${length} bytes at ${hexOffset(offset)}`);
  area.value = [hexDump(bytes, range.offset, grid.bytesPerRow), ...holes, ...structures].join('\n');
  area.setSelectionRange(0, 0);
  await sectors.workbench.dialogs.show({
    title: `Visible bytes of ${editor.label}`,
    body: area,
    buttons: [{ label: 'Close', kind: 'primary' }],
    onOpen: () => area.focus(),
  });
}
