import { Disposables, type Event } from '../../api';
import { FilePlaces } from '../data/filePlaces';
import { ExpressionError, goToOffset, type GoToContext } from '../model/expression/goTo';
import { hexOffset, partitionAt } from '../model/offsetFormat';
import { selectedRange } from '../model/selection';
import type { ByteView } from '../byteView';
import type { Sectors } from '../sectors';

/** What expressions are read against, for one editor. */
export function goToContext(sectors: Sectors, editor: ByteView, files?: FilePlaces): GoToContext {
  const document = editor.document!;
  return {
    size: document.device.size,
    sectorSize: document.device.sectorSize,
    cursor: editor.selection.cursor,
    get partitions() {
      return document.partitions;
    },
    blocks: (partition) => document.blocks(partition),
    ...(files && {
      fileByte: (partition, path, at) => files.fileByte(partition, path, at),
      record: (partition, word, number) => files.record(partition, word, number),
    }),
    bookmark: (name) => sectors.bookmarks.find(document.key, name)?.offset ?? null,
  };
}

/** The error with a caret under its place. */
function explain(text: string, error: unknown): string {
  if (!(error instanceof ExpressionError)) return String(error);
  const before = text.slice(0, error.at);
  const part = text.slice(error.at, error.end);
  return part ? `At ${before.length + 1}, "${part}": ${error.message}` : `At the end: ${error.message}`;
}

/** `offset 1F400 (128,000), LBA 250 + 0, partition 2 + 400, ext4 superblock` */
export function placeWords(editor: ByteView, offset: number): string {
  const document = editor.document!;
  const { sectorSize } = document.device;
  const partition = partitionAt(document.partitions, offset);
  const structure = document.structures.at(offset)?.placed.structure.name;
  return [
    `offset ${hexOffset(offset)} (${offset.toLocaleString('en')})`,
    `LBA ${Math.floor(offset / sectorSize)}${offset % sectorSize ? ` + ${offset % sectorSize}` : ''}`,
    partition ? `partition ${partition.number} + ${hexOffset(offset - partition.start)}` : '',
    structure ?? '',
  ]
    .filter(Boolean)
    .join(', ');
}

/** Where partitions lie and how large their clusters are may be known a moment after it was asked for. */
function layoutChanges(editor: ByteView): Event<void> {
  return (listener) =>
    editor.document!.onDidChange((change) => {
      if (change === 'layout') listener();
    });
}

const either =
  (one: Event<void>, other: Event<void>): Event<void> =>
  (listener) => {
    const listening = new Disposables();
    listening.add(one(listener));
    listening.add(other(listener));
    return listening;
  };

/** Asks for a place and goes there; the editor shows it while it is typed, and goes back when it is left by Escape. */
export async function askAndGo(sectors: Sectors, editor: ByteView): Promise<void> {
  const { document, grid } = editor;
  if (!document || !grid) return;
  const before = { range: selectedRange(editor.selection), top: grid.firstOffset };
  const files = new FilePlaces(sectors.workbench.host, document.device.deviceId);
  const context = goToContext(sectors, editor, files);
  // Asked for now, so that they are there when `p2:cluster 5` is typed.
  for (const { number } of document.partitions) document.blocks(number);
  if (document.partitions.length === 0) document.blocks(0);
  const restore = (): void => {
    grid.select(before.range, { jump: false });
    grid.follow(before.top);
  };
  const read = (text: string): number | null => {
    try {
      return goToOffset(text, context);
    } catch {
      return null;
    }
  };
  const text = await sectors.workbench.quickInput.input({
    title: 'Go to',
    placeholder: '0x1F400, lba 2048, p2:0, p2:cluster 5, inode 12, /path:3Mi, +1s, end-33s, @bookmark',
    validate: (value) => {
      try {
        return { hint: placeWords(editor, goToOffset(value, context)) };
      } catch (error) {
        return { error: explain(value, error) };
      }
    },
    revalidate: either(layoutChanges(editor), files.onDidChange),
    onChange: (value) => {
      const offset = value === null ? null : read(value);
      if (offset === null) restore();
      else grid.select({ offset, length: 1 }, { jump: false });
    },
  });
  restore();
  const offset = text === undefined ? null : read(text);
  files.dispose();
  if (offset !== null) editor.goTo({ offset, length: 1 });
  grid.focus();
}
