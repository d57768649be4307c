import { FailedError } from '../errors';
import type { EntryTable, FilesystemEntry, NodeType } from './types';

const LETTERS: Record<NodeType, string> = {
  file: 'f',
  directory: 'd',
  symlink: 'l',
  fifo: 'p',
  socket: 's',
  blockDevice: 'b',
  characterDevice: 'c',
  other: 'o',
};
const TYPES = Object.fromEntries(Object.entries(LETTERS).map(([type, letter]) => [letter, type])) as Record<string, NodeType>;

/** How a table writes a type. */
export const typeLetter = (type: NodeType): string => LETTERS[type];

/** How a table writes numbers: each as a little endian binary64, all of them in base64. Text would be most of the work of a listing. */
export function packNumbers(numbers: Float64Array): string {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64');
}

/** The directory of a path, with its slash, and the name in it. */
function splitPath(path: string): [directory: string, name: string] {
  const end = path.lastIndexOf('/') + 1;
  return [path.slice(0, end), path.slice(end)];
}

/** Entries in columns. */
export function tableOf(entries: readonly FilesystemEntry[]): EntryTable {
  const directories: EntryTable['directories'] = [];
  const more: EntryTable['more'] = [];
  const names: string[] = [];
  const nodes: string[] = [];
  const sizes = new Float64Array(entries.length);
  const mtimes = new Float64Array(entries.length);
  let types = '';
  for (let index = 0; index < entries.length; index++) {
    const { path, type, size, mtime, node, rawName, damage, metadata } = entries[index]!;
    const [directory, name] = splitPath(path);
    const last = directories.at(-1);
    if (last?.path === directory) last.count++;
    else directories.push({ path: directory, count: 1 });
    names.push(name);
    types += LETTERS[type];
    sizes[index] = size;
    mtimes[index] = mtime ?? NaN;
    nodes.push(node);
    if (rawName === undefined && damage === undefined && metadata === undefined) continue;
    more.push({
      index,
      ...(rawName !== undefined && { rawName }),
      ...(damage !== undefined && { damage }),
      ...(metadata && { metadata }),
    });
  }
  return {
    directories,
    names: names.join('/'),
    types,
    sizes: packNumbers(sizes),
    mtimes: packNumbers(mtimes),
    nodes,
    more,
  };
}

/** The columns of a table as they are looked into. */
export class TableColumns {
  readonly count: number;
  /** Relative to where the walk began, each with a slash at its end unless empty, and how many entries of it follow one another. */
  readonly directories: EntryTable['directories'];
  /** A letter for each. */
  readonly types: string;
  readonly sizes: Float64Array;
  /** Milliseconds since 1970; NaN where none is recorded. */
  readonly mtimes: Float64Array;
  readonly more: EntryTable['more'];
  private namesInTable: readonly string[] | null = null;
  private namedNodes: readonly string[] | null = null;

  /** @throws FailedError when the columns do not fit each other */
  constructor(private readonly table: EntryTable) {
    const { directories, types, names, more } = table;
    this.count = types.length;
    this.directories = directories;
    this.types = types;
    this.more = more;
    if (this.count > 0) sized({ length: slashesIn(names) + 1 }, this.count, 'names');
    this.sizes = unpack(table.sizes, this.count, 'sizes');
    this.mtimes = unpack(table.mtimes, this.count, 'times');
    let within = 0;
    for (const { count } of directories) within += count;
    const isSound = within === this.count && more.every(({ index }) => index < this.count);
    if (!isSound || !this.sizes.every((size) => size >= 0 && Number.isSafeInteger(size)))
      throw new FailedError('a table of entries does not agree with itself');
  }

  get names(): readonly string[] {
    return (this.namesInTable ??= split(this.table.names, this.count, 'names'));
  }

  /** All names, with slashes between them: what holds for none of its characters holds for no name. */
  get joinedNames(): string {
    return this.table.names;
  }

  /** The names by which the provider knows the entries. */
  get nodes(): readonly string[] {
    const { nodes } = this.table;
    return (this.namedNodes ??=
      typeof nodes === 'string' ? split(nodes, this.count, 'nodes') : sized(nodes, this.count, 'nodes'));
  }

  typeAt(index: number): NodeType {
    return TYPES[this.types[index]!]!;
  }

  /** Null where none is recorded. */
  mtimeAt(index: number): number | null {
    const mtime = this.mtimes[index]!;
    return Number.isFinite(mtime) ? mtime : null;
  }
}

/** As objects. */
export function entriesIn(columns: TableColumns): FilesystemEntry[] {
  const { names, nodes, sizes } = columns;
  const entries: FilesystemEntry[] = [];
  for (const { path, count } of columns.directories)
    for (let end = entries.length + count; entries.length < end;) {
      const index = entries.length;
      const mtime = columns.mtimeAt(index);
      entries.push({ path: path + names[index]!, type: columns.typeAt(index), size: sizes[index]!, mtime, node: nodes[index]! });
    }
  for (const { index, ...further } of columns.more) Object.assign(entries[index]!, further);
  return entries;
}

function split(text: string, count: number, column: string): readonly string[] {
  return count === 0 ? [] : sized(text.split('/'), count, column);
}

function slashesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('/'); at >= 0; at = text.indexOf('/', at + 1)) count++;
  return count;
}

function unpack(text: string, count: number, column: string): Float64Array {
  const bytes = Buffer.from(text, 'base64');
  sized({ length: bytes.length / Float64Array.BYTES_PER_ELEMENT }, count, column);
  const numbers = new Float64Array(count);
  bytes.copy(Buffer.from(numbers.buffer));
  return numbers;
}

function sized<T extends { length: number }>(values: T, count: number, column: string): T {
  if (values.length === count) return values;
  throw new FailedError(`a table of ${count} entries has ${values.length} ${column}`);
}
