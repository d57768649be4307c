import type { ListColumn, OpenList } from '@diskwright/sdk/protocol';
import { printable } from '../../common/text/printable';
import { jsonText } from '../output';
import { utcSeconds } from './utcSeconds';

type Item = Record<string, unknown>;

/** Makes lines of a list's items, without looking at all of them first: columns stand by the width that their kind or the list says. */
export class ListFormat {
  constructor(
    private readonly list: Pick<OpenList, 'columns' | 'line'>,
    private readonly options: { json: boolean; terminal: boolean },
  ) {}

  /** What people are told of the items that are not whole, a line each. */
  problems(items: readonly Item[]): string[] {
    if (this.options.json) return [];
    return items.filter(isProblem).map((item) => `${String(item['path'] ?? this.columnsOf(item))}: ${String(item['error'])}`);
  }

  /** A line for each item, each with its end. */
  lines(items: readonly Item[]): string | Buffer {
    const { line } = this.list;
    if (this.options.json) return items.map((item) => `${jsonText(withoutField(item, line))}\n`).join('');
    const whole = items.some(isProblem) ? items.filter((item) => !isProblem(item)) : items;
    if (line !== undefined) return this.rawLines(whole, line);
    return whole.map((item) => `${this.columnsOf(item)}\n`).join('');
  }

  /** Made for other tools, which get every byte as it is; a terminal does not. */
  private rawLines(items: readonly Item[], field: string): string | Buffer {
    const lines = items.map((item) => Buffer.from(String(item[field] ?? ''), 'base64'));
    if (this.options.terminal) return lines.map((line) => `${printable(line.toString('utf8'))}\n`).join('');
    return Buffer.concat(lines.flatMap((line) => [line, LINE_END]));
  }

  private columnsOf(item: Item): string {
    const { columns } = this.list;
    let line = '';
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index]!;
      const cell = cellText(column, item[column.field]);
      if (index > 0) line += '  ';
      if (column.kind === 'bytes' || column.kind === 'count') line += cell.padStart(column.width ?? NUMBER_WIDTH);
      else if (index < columns.length - 1) line += cell.padEnd(column.width ?? DEFAULT_WIDTHS[column.kind]);
      else line += cell;
    }
    return line.trimEnd();
  }
}

const isProblem = (item: Item): boolean => typeof item['error'] === 'string';
const LINE_END = Buffer.from('\n');
const NUMBER_WIDTH = 12;
const DEFAULT_WIDTHS = { text: 10, time: 20 } as const;

function cellText({ kind }: ListColumn, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (kind === 'time' && typeof value === 'number') return utcSeconds(value);
  return typeof value === 'string'
    ? printable(value)
    : printable(typeof value === 'number' ? String(value) : JSON.stringify(value));
}

function withoutField(item: Item, field: string | undefined): Item {
  if (field === undefined) return item;
  const { [field]: _, ...rest } = item;
  return rest;
}
