import { partitionAt, type PartitionPlace } from '../offsetFormat';
import { ExpressionError, tokenize, type Token } from './tokens';

export { ExpressionError } from './tokens';

/** What an expression is read against. Offsets are bytes from the start of the device. */
export interface GoToContext {
  size: number;
  sectorSize: number;
  /** Where the cursor is: what `+1s` and `-4Ki` count from. */
  cursor: number;
  partitions: readonly PartitionPlace[];
  /** Blocks of a partition's volume (0: the device as one volume); null while or where they are not known. */
  blocks(partition: number): BlockNumbering | null;
  /**
   * Where a byte of a file is; null while it is being looked up. Absent where files are not looked up.
   * @param partition 0: the device as one volume
   */
  fileByte?(partition: number, path: string, at: number): FilePlace | null;
  /**
   * Where a numbered record of a volume is, as {@link RecordWord} calls it; null while it is being looked up. Absent where they are not looked up.
   * @param partition 0: the device as one volume
   */
  record?(partition: number, word: RecordWord, number: number): FilePlace | null;
  /** Start of a bookmark by name, ignoring case. */
  bookmark(name: string): number | null;
}

/** What a filesystem numbers: inodes, or records of an MFT. */
export type RecordWord = 'inode' | 'mft';

/** A place on its device, of a byte of a file or of a record, or why there is none. */
export type FilePlace = { offset: number } | { problem: string };

/** How a volume numbers its blocks or clusters, which are the same here. */
export interface BlockNumbering {
  /** Bytes of one. */
  size: number;
  /** The first that has a number, and where it begins from the volume's start. */
  first: { number: number; offset: number };
}

const decimalUnits: Record<string, number> = { kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12, pb: 1e15 };
const binaryUnits: Record<string, number> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40, p: 2 ** 50 };
const blockWords = new Set(['cluster', 'clusters', 'block', 'blocks']);
const recordWords: Record<string, RecordWord> = { inode: 'inode', inodes: 'inode', mft: 'mft' };
const sectorWords = new Set(['lba', 'sector', 'sectors']);

/** Bytes of a unit: `K`, `Ki`, `KiB` are 1024 bytes, `KB` is 1000, `s` a sector; null when there is no such unit. */
function unitBytes(unit: string, sectorSize: number): number | null {
  const name = unit.toLowerCase();
  if (name === 'b') return 1;
  if (name === 's') return sectorSize;
  return decimalUnits[name] ?? binaryUnits[name.replace(/ib?$/, '')] ?? null;
}

/** Where a number with `lba`, `cluster` or a partition before it counts from. */
interface Base {
  start: number;
  partition: number | null;
  /** It is an amount, to be added to a place or multiplied: `block 3` is the size of three blocks then. */
  isAmount: boolean;
}

/** Reads by recursive descent: sum = product (('+'|'-') product)*, product = place ('*' place)*. */
class Reader {
  private readonly tokens: Token[];
  private index = 0;

  constructor(
    text: string,
    private readonly context: GoToContext,
  ) {
    this.tokens = tokenize(text);
  }

  private get token(): Token {
    // The last token is the end, which is never taken.
    return this.tokens[this.index]!;
  }

  private take(): Token {
    const token = this.token;
    if (token.kind !== 'end') this.index += 1;
    return token;
  }

  private takeSign(...signs: string[]): string | null {
    const token = this.token;
    if (token.kind !== 'sign' || !signs.includes(token.text)) return null;
    this.index += 1;
    return token.text;
  }

  read(): number {
    const first = this.token;
    if (first.kind === 'end') throw new ExpressionError('type a place: 0x1F400, lba 2048, p2:0, +1s, end-33s, @bookmark', 0, 0);
    const relative = first.kind === 'sign' && (first.text === '+' || first.text === '-');
    const value = this.sum(relative ? this.context.cursor : null, { start: 0, partition: null, isAmount: relative });
    const rest = this.token;
    if (rest.kind !== 'end') throw new ExpressionError('an operator (+, - or *) is missing before this', rest.at, rest.end);
    return value;
  }

  /** @param from what a leading sign adds to; without it the sum begins with a product */
  private sum(from: number | null, base: Base): number {
    let value = from ?? this.product(base);
    for (let sign = this.takeSign('+', '-'); sign; sign = this.takeSign('+', '-')) {
      const right = this.product({ start: 0, partition: base.partition, isAmount: true });
      value = sign === '+' ? value + right : value - right;
    }
    return value;
  }

  private product(base: Base): number {
    let value = this.place(base);
    while (this.takeSign('*')) value *= this.place({ start: 0, partition: base.partition, isAmount: true });
    return value;
  }

  private place(base: Base): number {
    const token = this.take();
    switch (token.kind) {
      case 'number':
        return base.start + this.numberValue(token);
      case 'bookmark':
        return this.bookmark(token);
      case 'word':
        return this.word(token, base);
      case 'sign':
        if (token.text === '(') return this.parenthesis(token, base);
        break;
    }
    throw new ExpressionError('a number or a place is missing here', token.at, Math.max(token.end, token.at + 1));
  }

  private parenthesis(open: Token, base: Base): number {
    const value = base.start + this.sum(null, { ...base, start: 0 });
    if (!this.takeSign(')')) throw new ExpressionError('this "(" is never closed', open.at, open.end);
    return value;
  }

  private numberValue(token: Token & { kind: 'number' }): number {
    if (token.unit === null) {
      if (!Number.isInteger(token.value)) throw new ExpressionError('an offset is a whole number of bytes', token.at, token.end);
      return token.value;
    }
    const factor = unitBytes(token.unit, this.context.sectorSize);
    const unitAt = token.end - token.unit.length;
    if (factor === null) {
      const hint = /^(x|[0-9a-f]*h?)$/i.test(token.unit)
        ? '; hexadecimal numbers are written as 0x1F400'
        : '; units are s, K, KiB, KB, M, G, T, P';
      throw new ExpressionError(`"${token.unit}" is no unit${hint}`, unitAt, token.end);
    }
    return Math.round(token.value * factor);
  }

  private bookmark(token: Token & { kind: 'bookmark' }): number {
    const offset = this.context.bookmark(token.name);
    if (offset === null) throw new ExpressionError(`there is no bookmark "${token.name}"`, token.at, token.end);
    return offset;
  }

  private word(token: Token & { kind: 'word' }, base: Base): number {
    if (token.text === 'start' || token.text === 'begin') return base.start;
    if (token.text === 'end') return this.endOf(base);
    if (token.text === 'here') return this.context.cursor;
    if (sectorWords.has(token.text)) return base.start + this.counted() * this.context.sectorSize;
    if (blockWords.has(token.text)) return this.block(token, base);
    const record = recordWords[token.text];
    if (record) return this.record(token, record, base);
    const partition = /^p(\d+)$/.exec(token.text);
    if (partition) return this.partition(token, Number(partition[1]));
    throw new ExpressionError(
      `"${token.text}" is no place; try lba, cluster, inode, start, end, p1: or @bookmark`,
      token.at,
      token.end,
    );
  }

  /** The number after `lba` or `cluster`: without a unit, or an expression in parentheses. */
  private counted(): number {
    const token = this.take();
    if (token.kind === 'number' && token.unit === null && Number.isInteger(token.value)) return token.value;
    if (token.kind === 'sign' && token.text === '(')
      return this.parenthesis(token, { start: 0, partition: null, isAmount: true });
    throw new ExpressionError('a whole number without a unit is missing here', token.at, Math.max(token.end, token.at + 1));
  }

  /** Without a partition before it, a block of the one that the cursor is in. */
  private block(token: Token & { kind: 'word' }, base: Base): number {
    const around = base.partition === null ? partitionAt(this.context.partitions, this.context.cursor) : undefined;
    const number = base.partition ?? around?.number ?? 0;
    const where = number === 0 ? 'this device' : `partition ${number}`;
    const blocks = this.context.blocks(number);
    if (!blocks) throw new ExpressionError(`the cluster size of ${where} is not known`, token.at, token.end);
    const at = this.token;
    const count = this.counted();
    if (base.isAmount) return count * blocks.size;
    const { first } = blocks;
    if (count < first.number) {
      throw new ExpressionError(
        `${token.text.replace(/s$/, '')}s of ${where} have numbers from ${first.number} on`,
        at.at,
        at.end,
      );
    }
    return (around?.start ?? base.start) + first.offset + (count - first.number) * blocks.size;
  }

  /** Without a partition before it, a record of the one that the cursor is in. */
  private record(token: Token & { kind: 'word' }, word: RecordWord, base: Base): number {
    const { context } = this;
    const around = partitionAt(context.partitions, context.cursor)?.number;
    const partition = base.partition ?? around ?? 0;
    const number = this.counted();
    const end = this.tokens[this.index - 1]!.end;
    if (base.isAmount) throw new ExpressionError(`a place such as ${word} ${number} can only begin an expression`, token.at, end);
    if (partition === 0 && context.partitions.length > 0)
      throw new ExpressionError(`name the partition of it, as in p1:${word} ${number}`, token.at, end);
    if (!context.record) throw new ExpressionError('this is not looked up here', token.at, end);
    const place = context.record(partition, word, number);
    if (place === null) throw new ExpressionError('it is being looked up', token.at, end);
    if ('problem' in place) throw new ExpressionError(place.problem, token.at, end);
    return place.offset;
  }

  private partition(token: Token, number: number): number {
    const partition = this.context.partitions.find((candidate) => candidate.number === number);
    if (!partition) {
      const known = this.context.partitions.map((candidate) => `p${candidate.number}`).join(', ');
      const hint = known ? `there are ${known}` : 'this device has no partitions';
      throw new ExpressionError(`there is no partition ${number}; ${hint}`, token.at, token.end);
    }
    if (!this.takeSign(':')) return partition.start;
    const next = this.token;
    if (next.kind === 'end') return partition.start;
    return this.place({ start: partition.start, partition: number, isAmount: false });
  }

  private endOf(base: Base): number {
    const partition = this.context.partitions.find(({ number }) => number === base.partition);
    return partition ? partition.start + partition.size : this.context.size;
  }
}

/** `p2:/path`, `/path:3Mi`: what stands behind the last colon is an amount where it begins with a digit. */
const FILE = /^(?:p(\d+):)?(\/.*?)(?::(\d[^/]*))?$/is;

/** Null for an expression that names no file. A path takes all of an expression: names may hold anything. */
function fileOffset(text: string, context: GoToContext): number | null {
  const trimmed = text.trim();
  const [, partition, path, amount] = FILE.exec(trimmed) ?? [];
  if (path === undefined || !context.fileByte) return null;
  const around = partitionAt(context.partitions, context.cursor)?.number;
  const volume = partition === undefined ? around : Number(partition);
  if (volume === undefined && context.partitions.length > 0)
    throw new ExpressionError('name the partition of the file, as in p1:/path', 0, trimmed.length);
  const at = amount === undefined ? 0 : new Reader(amount, context).read();
  const place = context.fileByte(volume ?? 0, path, at);
  if (place === null) throw new ExpressionError('it is being looked up', 0, trimmed.length);
  if ('problem' in place) throw new ExpressionError(place.problem, 0, trimmed.length);
  return place.offset;
}

/**
 * The offset that an expression names: `0x1F400`, `128000`, `lba 2048`, `p2:0`, `p2:lba 4`, `p2:cluster 5`, `inode 12`, `mft 5`, `+1s`, `-4Ki`, `end-33s`, `@bookmark`, `/path:3Mi`, sums,
 * products and parentheses.
 * @throws ExpressionError with the position, also when the place lies outside of the device
 */
export function goToOffset(text: string, context: GoToContext): number {
  const offset = fileOffset(text, context) ?? new Reader(text, context).read();
  const range = text.trim().length;
  if (!Number.isSafeInteger(offset)) throw new ExpressionError('this is larger than any device', 0, range);
  if (offset < 0) throw new ExpressionError('this lies before the start of the device', 0, range);
  // "end" is the first byte behind the device; its last byte is what is meant.
  if (offset === context.size && context.size > 0) return context.size - 1;
  if (offset > context.size) throw new ExpressionError('this lies behind the end of the device', 0, range);
  return offset;
}
