import { goToOffset } from '../model/expression/goTo';
import type { ByteView } from '../byteView';
import { formatExactSize } from '../../../common/text/size';
import type { Sectors } from '../sectors';
import { goToContext } from './goTo';

interface Bounds {
  offset: number;
  length: number;
}

/** `lba 0 .. lba 33`, or `p1:0, 4K`: from a place to behind the byte of another, or a length from a place. */
function readRange(text: string, sectors: Sectors, editor: ByteView): Bounds {
  const context = goToContext(sectors, editor);
  const [to, length] = [text.split('..'), text.split(',')];
  if (to.length === 2) {
    const offset = goToOffset(to[0]!, context);
    const last = goToOffset(to[1]!, context);
    if (last < offset) throw new RangeError('the end lies before the start');
    return { offset, length: last - offset + 1 };
  }
  if (length.length !== 2) throw new RangeError('write a range as from .. to, or as from, length');
  const offset = goToOffset(length[0]!, context);
  const count = goToOffset(length[1]!, { ...context, cursor: 0, size: context.size - offset + 1 });
  if (count < 1) throw new RangeError('a selection has one byte at least');
  return { offset, length: count };
}

export async function askAndSelect(sectors: Sectors, editor: ByteView): Promise<void> {
  const text = await sectors.workbench.quickInput.input({
    title: 'Select a range',
    placeholder: 'from .. to, or from, length: lba 0 .. lba 33, or p1:0, 4K',
    validate: (value) => {
      try {
        return { hint: formatExactSize(readRange(value, sectors, editor).length) };
      } catch (error) {
        return { error: error instanceof Error ? error.message : String(error) };
      }
    },
  });
  editor.grid?.focus();
  if (text !== undefined) editor.goTo(readRange(text, sectors, editor));
}
