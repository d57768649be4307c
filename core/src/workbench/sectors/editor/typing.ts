import { Disposables, type Disposable, type Workbench } from '../../api';
import { parseHex } from '../model/byteClass';
import type { GridKey } from '../grid/gridKeys';
import type { SectorEditor } from './sectorEditor';

/** A reminder that the editor is locked is not given at every key. */
const reminderMilliseconds = 6000;

/** Typing and pasting over bytes: none is inserted or taken out. */
export class Typing implements Disposable {
  private readonly owned = new Disposables();
  /** The offset whose first hex digit was typed, waiting for its second. */
  private half: number | null = null;
  private remindedAt = -Infinity;

  constructor(
    private readonly workbench: Workbench,
    private readonly editor: SectorEditor,
  ) {
    const { grid, node } = editor;
    this.owned.add(grid!.onDidType((key) => void this.type(key)));
    this.owned.add(
      grid!.onDidChangeSelection(() => {
        if (this.half !== editor.selection.cursor) this.half = null;
      }),
    );
    const paste = (event: ClipboardEvent): void => {
      if (!(event.target instanceof Element) || !event.target.closest('.dw-sectors-grid')) return;
      event.preventDefault();
      void this.paste(event.clipboardData?.getData('text/plain') ?? '');
    };
    node.addEventListener('paste', paste);
    this.owned.add({ dispose: () => node.removeEventListener('paste', paste) });
  }

  dispose(): void {
    this.owned.dispose();
  }

  private async type(key: GridKey): Promise<void> {
    const { document, selection, column } = this.editor;
    const grid = this.editor.grid!;
    if (!document || !this.mayEdit()) return;
    const { cursor } = selection;
    if (key.kind === 'backspace') {
      const place = this.half === cursor ? cursor : Math.max(0, cursor - 1);
      document.edits.revert(place, 1);
      document.editsChanged();
      return grid.moveCursor(place);
    }
    if (key.kind !== 'type') return;
    if (column === 'text') {
      const bytes = new TextEncoder().encode(key.character);
      if (await this.write(cursor, bytes)) grid.moveCursor(cursor + bytes.length);
      return;
    }
    const digit = Number.parseInt(key.character, 16);
    if (Number.isNaN(digit)) return;
    const before = document.bytesAt({ offset: cursor, length: 1 })?.[0];
    if (before === undefined) return this.workbench.notifications.info('This byte has not been read, so it cannot be changed.');
    const second = this.half === cursor;
    const byte = second ? (before & 0xf0) | digit : (digit << 4) | (before & 0x0f);
    if (!(await this.write(cursor, Uint8Array.of(byte)))) return;
    this.half = second ? null : cursor;
    if (second) grid.moveCursor(cursor + 1);
  }

  private async paste(text: string): Promise<void> {
    if (text === '' || !this.editor.document || !this.mayEdit()) return;
    const hex = this.editor.column === 'hex';
    const bytes = hex ? parseHex(text) : new TextEncoder().encode(text);
    if (!bytes) {
      return this.workbench.notifications.warn('What is on the clipboard is not hex.', {
        detail: 'Hex digits in pairs can be pasted over bytes; text can be pasted in the text column (Tab).',
      });
    }
    const { offset } = this.editor.range;
    if (await this.write(offset, bytes)) this.editor.goTo({ offset, length: bytes.length });
  }

  private async write(offset: number, bytes: Uint8Array): Promise<boolean> {
    try {
      await this.editor.document!.write(offset, bytes);
      return true;
    } catch (error) {
      this.workbench.notifications.error(error);
      return false;
    }
  }

  private mayEdit(): boolean {
    if (this.editor.document?.unlocked) return true;
    if (performance.now() - this.remindedAt > reminderMilliseconds) {
      this.remindedAt = performance.now();
      this.workbench.notifications.info('These bytes are read-only until editing is unlocked.', {
        actions: [{ label: 'Unlock editing…', run: () => this.workbench.commands.run('sectors.toggleLock') }],
      });
    }
    return false;
  }
}
