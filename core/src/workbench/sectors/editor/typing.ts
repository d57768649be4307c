import type { ByteRange } from '@diskwright/sdk/protocol';
import { Disposables, type Disposable, type Workbench } from '../../api';
import { parseHex } from '../model/byteClass';
import type { SectorDocument } from '../data/sectorDocument';
import type { GridKey } from '../grid/gridKeys';
import type { SectorEditor } from './sectorEditor';

/** A reminder is not given at every key. */
const reminderMilliseconds = 6000;
/** A key that was typed over a byte that is still on its way is not lost; a device that hangs is not waited for. */
const patienceMilliseconds = 2000;

/** Typing and pasting over bytes: none is inserted or taken out. */
export class Typing implements Disposable {
  private readonly owned = new Disposables();
  /** The offset whose first hex digit was typed, waiting for its second. */
  private half: number | null = null;
  /** What is typed until the cursor is moved otherwise is one step of undo. */
  private run = {};
  private remindedAt = -Infinity;
  /** One key after the other: a byte may have to be read first. */
  private keys: Promise<void> = Promise.resolve();

  constructor(
    private readonly workbench: Workbench,
    private readonly editor: SectorEditor,
  ) {
    const { grid, node } = editor;
    this.owned.add(grid!.onDidType((key) => (this.keys = this.keys.then(() => this.type(key)))));
    this.owned.add(grid!.onDidChangeSelection(() => this.endRun()));
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

  /** Writes text over the bytes from the cursor on: hex digits in the hex column, characters in the text column. */
  async paste(text: string): Promise<void> {
    if (text === '' || !this.editor.document || !this.mayEdit()) return;
    const hex = this.editor.column === 'hex';
    const bytes = hex ? parseHex(text) : new TextEncoder().encode(text);
    if (!bytes) {
      return this.workbench.notifications.warn('What is on the clipboard is not hex.', {
        detail: 'Hex digits in pairs can be pasted over bytes; text can be pasted in the text column (Tab).',
      });
    }
    await this.write(this.editor.range.offset, bytes);
  }

  /** Writes a pattern over all bytes of the selection, from its beginning again and again. */
  async fill({ offset, length }: ByteRange, pattern: Uint8Array): Promise<void> {
    if (!this.mayEdit()) return;
    await this.write(
      offset,
      Uint8Array.from({ length }, (_, index) => pattern[index % pattern.length]!),
    );
  }

  /** Whether bytes may be changed; says what to do when they may not. */
  mayEdit(): boolean {
    if (this.editor.document?.unlocked) return true;
    this.remind('These bytes are read-only until editing is unlocked.', {
      actions: [{ label: 'Unlock editing…', run: () => this.workbench.commands.run('sectors.toggleLock') }],
    });
    return false;
  }

  private async write(offset: number, bytes: Uint8Array): Promise<void> {
    try {
      await this.editor.document!.write(offset, bytes);
      this.editor.goTo({ offset, length: bytes.length });
    } catch (error) {
      this.workbench.notifications.error(error);
    }
  }

  private endRun(): void {
    this.half = null;
    this.run = {};
  }

  private async type(key: GridKey): Promise<void> {
    const { document, selection } = this.editor;
    if (!document || !this.mayEdit()) return;
    const { cursor } = selection;
    if (key.kind === 'backspace') return this.takeBack(cursor);
    if (key.kind !== 'type') return;
    const here = await this.byteAt(document, cursor);
    if (here === null) {
      return this.remind('The byte at the cursor has not been read, so it cannot be typed over.', {
        detail: 'Wait until it is read, or go to bytes that can be.',
      });
    }
    const typed = this.typed(key.character, cursor, here);
    if (!typed) return;
    const { run } = this;
    try {
      await document.write(cursor, typed.bytes, run);
    } catch (error) {
      return this.workbench.notifications.error(error);
    }
    this.half = typed.isHalf ? cursor : null;
    if (!typed.isHalf) this.move(cursor + typed.bytes.length);
  }

  /** The byte at an offset, read if it is not here yet; null when it cannot be read, or not soon. */
  private async byteAt(document: SectorDocument, offset: number): Promise<number | null> {
    const range = { offset, length: 1 };
    const here = document.bytesAt(range);
    if (here) return here[0] ?? null;
    try {
      const { bytes, unreadable } = await document.readBytes(range, AbortSignal.timeout(patienceMilliseconds));
      return unreadable.length > 0 ? null : (bytes[0] ?? null);
    } catch {
      return null;
    }
  }

  /** The bytes that a character makes at the cursor; null when it means nothing there. */
  private typed(character: string, cursor: number, before: number): { bytes: Uint8Array; isHalf: boolean } | null {
    if (this.editor.column === 'text') return { bytes: new TextEncoder().encode(character), isHalf: false };
    const digit = Number.parseInt(character, 16);
    if (Number.isNaN(digit)) return null;
    const isHalf = this.half !== cursor;
    return { bytes: Uint8Array.of(isHalf ? (digit << 4) | (before & 0x0f) : (before & 0xf0) | digit), isHalf };
  }

  /** The byte that was typed last, as it was on the device. */
  private takeBack(cursor: number): void {
    const { document } = this.editor;
    const place = this.half === cursor ? cursor : Math.max(0, cursor - 1);
    document!.edits.revert(place, 1, this.run);
    document!.editsChanged();
    this.half = null;
    this.move(place);
  }

  /** Moves on within the run. */
  private move(cursor: number): void {
    const { run } = this;
    this.editor.grid!.moveCursor(cursor);
    this.run = run;
  }

  private remind(words: string, options: Parameters<Workbench['notifications']['info']>[1]): void {
    if (performance.now() - this.remindedAt < reminderMilliseconds) return;
    this.remindedAt = performance.now();
    this.workbench.notifications.info(words, options);
  }
}
