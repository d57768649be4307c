import type { ListColumn, TableColumns } from '@diskwright/sdk/protocol';
import { printable } from '../../common/text/printable';
import { type WalkedTable, walkedItems } from '../../host/plugins/listedWalk';
import { jsonText, safeJson } from '../output';
import { LineBytes } from './lineBytes';
import { utcSeconds } from './utcSeconds';

const SIZE_WIDTH = 12;
const TIME_WIDTH = 20;
const GAP = '  ';
const SLASH = 0x2f;
/** Names that stand in JSON as they are. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** Makes the lines of walked entries from their columns: there may be a million, and an object and a look at each character of each would be most of the time. */
export class WalkFormat {
  /** Of those who follow each other, many were changed in the same second. */
  private lastTime = NaN;
  private lastTimeText = ' '.repeat(TIME_WIDTH);
  private readonly typeTexts = new Map<string, string>();
  private readonly written = new LineBytes();

  constructor(
    private readonly columns: readonly ListColumn[],
    private readonly json: boolean,
  ) {}

  /** What people are told of entries that could not be read. */
  problems(walked: WalkedTable): string[] {
    if (this.json || !walked.table.more.some(isDamaged)) return [];
    return walkedItems(walked).flatMap(({ path, error }) => (error === undefined ? [] : [`${String(path)}: ${String(error)}`]));
  }

  /** A line for each entry, each with its end. Bytes are valid until the next call. */
  lines(walked: WalkedTable): Buffer | string {
    const { table, prefix } = walked;
    if (this.json) return table.more.length > 0 ? jsonLines(walked) : plainJsonLines(walked);
    const damaged = new Set(table.more.filter(isDamaged).map(({ index }) => index));
    // Nothing that is made visible in a name becomes a slash, nor has one in it.
    const names = Buffer.from(printable(table.joinedNames));
    this.written.clear();
    let index = 0;
    let start = 0;
    for (const { path, count } of table.directories) {
      const folder = Buffer.from(printable(`${prefix}/${path}`));
      for (const last = index + count; index < last; index++) {
        const end = endOfName(names, start);
        if (damaged.size === 0 || !damaged.has(index)) this.addLine(table, index, folder, names, start, end);
        start = end + 1;
      }
    }
    return this.written.added;
  }

  private addLine(table: TableColumns, index: number, folder: Buffer, names: Buffer, start: number, end: number): void {
    const { columns, written } = this;
    for (let place = 0; place < columns.length; place++) {
      const column = columns[place]!;
      if (place > 0) written.addAscii(GAP);
      switch (column.field) {
        case 'type':
          written.addAscii(this.typeText(table, index, column));
          break;
        case 'size':
          written.addAscii(String(table.sizes[index]!), SIZE_WIDTH);
          break;
        case 'mtime':
          written.addAscii(this.timeText(table.mtimes[index]!));
          break;
        case 'path':
          written.addBytes(folder, 0, folder.length);
          written.addBytes(names, start, end);
          break;
      }
    }
    written.addAscii('\n');
  }

  private typeText(table: TableColumns, index: number, { width }: ListColumn): string {
    const letter = table.types[index]!;
    const known = this.typeTexts.get(letter);
    if (known !== undefined) return known;
    const text = table.typeAt(index).padEnd(width ?? 0);
    this.typeTexts.set(letter, text);
    return text;
  }

  private timeText(mtime: number): string {
    const second = Math.floor(mtime / 1000);
    if (second !== this.lastTime) {
      this.lastTime = second;
      this.lastTimeText = (Number.isFinite(mtime) ? utcSeconds(mtime) : '').padEnd(TIME_WIDTH);
    }
    return this.lastTimeText;
  }
}

const isDamaged = ({ damage }: TableColumns['more'][number]): boolean => damage !== undefined;

function endOfName(names: Buffer, start: number): number {
  let end = start;
  while (end < names.length && names[end] !== SLASH) end++;
  return end;
}

function jsonLines(walked: WalkedTable): string {
  return walkedItems(walked)
    .map((item) => `${jsonText(item)}\n`)
    .join('');
}

/** As {@link jsonLines}, where no entry has more than the columns. */
function plainJsonLines({ table, prefix }: WalkedTable): string {
  const { names, nodes, sizes } = table;
  const arePlain = PLAIN.test(table.joinedNames) && nodes.every((node) => PLAIN.test(node));
  const quoted = arePlain ? (text: string) => `${text}"` : (text: string) => JSON.stringify(text).slice(1);
  let lines = '';
  let index = 0;
  for (const { path, count } of table.directories) {
    const folder = JSON.stringify(`${prefix}/${path}`).slice(0, -1);
    for (const end = index + count; index < end; index++)
      lines += `{"path":${folder}${quoted(names[index]!)},"type":"${table.typeAt(index)}","size":${sizes[index]},"mtime":${table.mtimeAt(index)},"node":"${quoted(nodes[index]!)}}\n`;
  }
  return safeJson(lines);
}
