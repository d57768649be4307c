import { html, nothing } from 'lit';
import { printable } from '../../common/text/printable';
import type { TableColumn } from '../widgets/shared/table';
import { sizeText } from '../widgets/shared/sizeText';
import { icon } from '../widgets/parts';
import { type FileEntry, isDamaged, modeText, mtimeText, ownerText, shownName, typeIcon, typeWords } from './model/fileEntry';

/** Of a time as it is shown, to the minute; the properties have all of it. */
const MINUTES = 16;
const collator = new Intl.Collator(undefined, { numeric: true });
/** Directories first, as users of file managers expect; then by name. */
const byName = (a: FileEntry, b: FileEntry): number =>
  Number(b.type === 'directory') - Number(a.type === 'directory') || collator.compare(a.path, b.path);

const NAME: TableColumn<FileEntry> = {
  id: 'name',
  title: 'Name',
  width: 240,
  text: (entry) => (isDamaged(entry) ? `${shownName(entry)}, damaged` : withTarget(entry)),
  cell: nameCell,
  compare: byName,
};
const SIZE: TableColumn<FileEntry> = {
  id: 'size',
  title: 'Size',
  width: 80,
  number: true,
  text: ({ type, size }) => (type === 'file' ? sizeText(size) : ''),
  compare: (a, b) => a.size - b.size,
};
const MODIFIED: TableColumn<FileEntry> = {
  id: 'modified',
  title: 'Modified',
  width: 140,
  text: ({ mtime }) => mtimeText(mtime).slice(0, MINUTES),
  compare: (a, b) => (a.mtime ?? -Infinity) - (b.mtime ?? -Infinity) || 0,
};
const TYPE: TableColumn<FileEntry> = { id: 'type', title: 'Type', width: 115, text: ({ type }) => typeWords(type) };
const MODE: TableColumn<FileEntry> = {
  id: 'mode',
  title: 'Mode',
  width: 95,
  text: ({ metadata }) => (metadata?.mode === undefined ? '' : modeText(metadata.mode)),
  cell: ({ metadata }) =>
    metadata?.mode === undefined ? nothing : html`<span class="dw-mono">${modeText(metadata.mode)}</span>`,
  compare: (a, b) => (a.metadata?.mode ?? -1) - (b.metadata?.mode ?? -1),
};
const OWNER: TableColumn<FileEntry> = {
  id: 'owner',
  title: 'Owner',
  width: 80,
  text: ({ metadata }) => (metadata ? ownerText(metadata) : ''),
  compare: (a, b) =>
    (a.metadata?.userId ?? -1) - (b.metadata?.userId ?? -1) || (a.metadata?.groupId ?? -1) - (b.metadata?.groupId ?? -1),
};
const ATTRIBUTES: TableColumn<FileEntry> = {
  id: 'attributes',
  title: 'Attributes',
  width: 150,
  text: ({ metadata }) => printable((metadata?.attributes ?? []).join(', ')),
};
/** Entries that are looked at for what their filesystem records. */
const SAMPLE = 1000;

/** The columns for what is recorded of some entries. Each is the same object every time. */
export function columnsFor(entries: readonly FileEntry[]): TableColumn<FileEntry>[] {
  const sample = entries.slice(0, SAMPLE).map(({ metadata }) => metadata);
  const recorded = [
    sample.some((metadata) => metadata?.mode !== undefined) && MODE,
    sample.some((metadata) => metadata?.userId !== undefined) && OWNER,
    sample.some((metadata) => (metadata?.attributes?.length ?? 0) > 0) && ATTRIBUTES,
  ];
  return [NAME, SIZE, MODIFIED, TYPE, ...recorded.filter((column) => column !== false)];
}

/** The same in the filesystem's order, for directories that are too large to be sorted. */
export function unsortable(columns: readonly TableColumn<FileEntry>[]): TableColumn<FileEntry>[] {
  return columns.map((column) => ({ ...column, compare: null }));
}

const targetOf = ({ type, metadata }: FileEntry): string | null =>
  type === 'symlink' && metadata?.target !== undefined ? printable(metadata.target) : null;

function withTarget(entry: FileEntry): string {
  const target = targetOf(entry);
  return target === null ? shownName(entry) : `${shownName(entry)} → ${target}`;
}

/** Each part is isolated: a name that is written from right to left turns nothing but itself. */
function nameCell(entry: FileEntry): unknown {
  const target = targetOf(entry);
  return html`<span class="dw-file-name ${isDamaged(entry) ? 'dw-file-damaged' : ''}"
    >${icon(typeIcon(entry.type))}<bdi>${shownName(entry)}</bdi>${
      target === null ? nothing : html`<span class="dw-file-target"> → <bdi>${target}</bdi></span>`
    }${isDamaged(entry) ? html`<span class="dw-file-note">damaged</span>` : nothing}</span
  >`;
}
