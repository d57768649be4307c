import { plural } from '../../../common/text/size';
import { hexOffset } from '../model/offsetFormat';
import { parseHex } from '../model/byteClass';
import { stagedLimit } from '../model/stagedEdits';
import type { ByteView } from '../byteView';
import type { Sectors } from '../sectors';

/** Asks for hex digits and writes them over the whole selection, again and again. */
export async function askAndFill({ workbench }: Sectors, editor: ByteView): Promise<void> {
  const { range, typing } = editor;
  if (!typing?.mayEdit()) return;
  if (range.length > stagedLimit) {
    return workbench.notifications.warn(`At most ${plural(stagedLimit, 'byte')} can stand changed at once.`, {
      detail: 'Select fewer; review and write these, then fill the rest.',
    });
  }
  const text = await workbench.quickInput.input({
    title: `Fill ${plural(range.length, 'byte')} at ${hexOffset(range.offset)} with`,
    placeholder: 'Hex digits in pairs, repeated to the end of the selection: 00, or DE AD BE EF',
    value: '00',
    validate: (value) =>
      parseHex(value)?.length
        ? { hint: `${plural(parseHex(value)!.length, 'byte')}, repeated` }
        : { error: 'Write hex digits in pairs, as 00 or DE AD.' },
  });
  editor.grid?.focus();
  const pattern = text === undefined ? null : parseHex(text);
  if (pattern?.length) await typing.fill(range, pattern);
}
