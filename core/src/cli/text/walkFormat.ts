import type { ListColumn, TableColumns } from '@diskwright/sdk/protocol';
import { hasUnsafe, printable } from '../../common/text/printable';
import { type WalkedTable, walkedItems } from '../../host/plugins/listedWalk';
import { jsonText, safeJson } from '../output';
import { utcSeconds } from './utcSeconds';

const SIZE_WIDTH = 12;
const TIME_WIDTH = 20;
const GAP = '  ';
/** In front of a size, by how many characters it lacks. */
const PADDING = Array.from({ length: SIZE_WIDTH }, (_, missing) => ' '.repeat(missing));
/** Names that stand in JSON as they are. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** Makes the lines of walked entries from their columns: there may be a million, and an object and a look at each character of each would be most of the time. */
export class WalkFormat {
  /** Of those who follow each other, many were changed in the same second. */
  private lastTime = NaN;
  private lastTimeText = ' '.repeat(TIME_WIDTH);
  private readonly typeTexts = new Map<string, string>();

  constructor(
    private readonly columns: readonly ListColumn[],
    private readonly json: boolean,
  ) {}

  /** What people are told of entries that could not be read. */
  problems(walked: WalkedTable): string[] {
    if (this.json || !walked.table.more.some(isDamaged)) return [];
    return walkedItems(walked).flatMap(({ path, error }) => (error === undefined ? [] : [`${String(path)}: ${String(error)}`]));
  }

  /** A line for each entry, each with its end. */
  lines(walked: WalkedTable): string {
    const { table, prefix } = walked;
    if (this.json) return table.more.length > 0 ? jsonLines(walked) : plainJsonLines(walked);
    const damaged = new Set(table.more.filter(isDamaged).map(({ index }) => index));
    const makeSafe = hasUnsafe(prefix) || hasUnsafe(table.joinedNames) || table.directories.some(({ path }) => hasUnsafe(path));
    let lines = '';
    let index = 0;
    for (const { path, count } of table.directories) {
      const folder = `${prefix}/${path}`;
      for (const end = index + count; index < end; index++)
        if (damaged.size === 0 || !damaged.has(index)) lines += this.line(table, index, folder, makeSafe);
    }
    return lines;
  }

  private line(table: TableColumns, index: number, folder: string, makeSafe: boolean): string {
    let line = '';
    for (let place = 0; place < this.columns.length; place++) {
      const column = this.columns[place]!;
      if (place > 0) line += GAP;
      switch (column.field) {
        case 'type':
          line += this.typeText(table, index, column);
          break;
        case 'size':
          line += sizeText(table.sizes[index]!);
          break;
        case 'mtime':
          line += this.timeText(table.mtimes[index]!);
          break;
        case 'path': {
          const path = folder + table.names[index]!;
          line += makeSafe ? printable(path) : path;
          break;
        }
      }
    }
    return `${line}\n`;
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

function sizeText(size: number): string {
  const text = String(size);
  return text.length < SIZE_WIDTH ? PADDING[SIZE_WIDTH - text.length]! + text : text;
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
