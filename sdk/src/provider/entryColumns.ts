import { isUtf8 } from 'node:buffer';
import { nameOf, type TextName } from '../files/byteNames';
import { packNumbers, typeLetter } from '../protocol/entryTable';
import type { EntryTable, NodeType } from '../protocol/types';
import { JoinedTexts } from './joinedTexts';
import type { PendingDirectory } from './pendingDirectories';
import { utf16Name } from './utf16Name';

const MAX_ENTRIES = 8192;
/** Of names and directories: JSON may write six characters for each, and a message has to hold them. */
const MAX_TEXT_BYTES = 96 * 1024;
/** What JSON writes around a directory, and around what few entries have. */
const RUN_BYTES = 32;
const MORE_BYTES = 64;
const SLASH = 0x2f;
const OTHER = typeLetter('other').charCodeAt(0);

/**
 * What a walk found, in columns: for providers that list very many files, of which an object for each would be most of the cost. Filled entry by entry, cut into
 * tables, cleared and filled again.
 */
export class EntryColumns {
  private readonly names = new JoinedTexts();
  private readonly runs: { path: string; first: number }[] = [];
  private more: EntryTable['more'] = [];
  private types = new Uint8Array(MAX_ENTRIES);
  private sizes = new Float64Array(MAX_ENTRIES);
  private mtimes = new Float64Array(MAX_ENTRIES);
  private nodes = new Float64Array(MAX_ENTRIES);

  get count(): number {
    return this.names.count;
  }

  /** The entries that are added from now on are in this directory. @param path relative to where the walk began: empty, or with a slash at its end */
  enter(path: string): void {
    const last = this.runs.at(-1);
    if (last?.first === this.count) last.path = path;
    else if (last?.path !== path) this.runs.push({ path, first: this.count });
  }

  /**
   * Adds an entry whose name is bytes, as Linux keeps names: see `nameOf`. What it is and how large is told by {@link set}.
   * @param node its number
   * @returns its index
   */
  addUtf8(node: number, bytes: Buffer, start: number, end: number): number {
    if (this.names.appendAscii(bytes, start, end)) return this.added(node);
    const name = bytes.subarray(start, end);
    if (isUtf8(name) && !name.includes(SLASH) && !name.includes(0)) {
      this.names.appendBytes(name);
      return this.added(node);
    }
    return this.addName(node, nameOf(name));
  }

  /** As {@link addUtf8}, of a name in UTF-16, little endian: see `utf16Name`. */
  addUtf16(node: number, bytes: Buffer, start: number, end: number): number {
    if (this.names.appendAsciiUnits(bytes, start, end)) return this.added(node);
    return this.addName(node, utf16Name(bytes.subarray(start, end)));
  }

  /** As {@link addUtf8}, of a name that is text already; it holds no slash. */
  addName(node: number, { text, raw }: TextName): number {
    this.names.append(text);
    const index = this.added(node);
    if (raw) this.more.push({ index, rawName: raw.toString('base64') });
    return index;
  }

  /** @param mtime milliseconds since 1970; NaN where none is recorded */
  set(index: number, type: NodeType, size: number, mtime: number): void {
    this.types[index] = typeLetter(type).charCodeAt(0);
    this.sizes[index] = size;
    this.mtimes[index] = mtime;
  }

  /** Why what an entry leads to could not be read. */
  setDamage(index: number, damage: string): void {
    this.more.push({ index, damage });
  }

  /** Where a directory that was added stands, for those that are to be listed. */
  directoryAt(index: number): Pick<PendingDirectory<unknown>, 'prefix' | 'depth' | 'rawName'> {
    let run = this.runs.length - 1;
    while (run > 0 && this.runs[run]!.first > index) run--;
    const prefix = `${this.runs[run]?.path ?? ''}${this.names.text(index, index + 1)}/`;
    const rawName = this.more.find((each) => each.index === index)?.rawName;
    return { prefix, depth: prefix.split('/').length - 1, ...(rawName !== undefined && { rawName }) };
  }

  /**
   * Adds a directory once more, in its own one: why it could not be read, or not to its end.
   * @param node its number
   * @returns its index
   */
  addDamaged(node: number, { prefix, rawName }: PendingDirectory<unknown>, damage: string): number {
    const within = this.runs.at(-1)?.path ?? '';
    const start = prefix.lastIndexOf('/', prefix.length - 2) + 1;
    this.enter(prefix.slice(0, start));
    const raw = rawName === undefined ? undefined : Buffer.from(rawName, 'base64');
    const index = this.addName(node, { text: prefix.slice(start, -1), ...(raw && { raw }) });
    this.setDamage(index, damage);
    this.enter(within);
    return index;
  }

  /** What was added, in order, cut so that each table fits into a message. */
  *tables(): Generator<EntryTable, void, undefined> {
    this.more.sort((one, other) => one.index - other.index);
    for (let from = 0, run = 0, further = 0; from < this.count;) {
      const directories: EntryTable['directories'] = [];
      const more: EntryTable['more'] = [];
      let weight = 0;
      let to = from;
      for (; to < this.count && to - from < MAX_ENTRIES; to++) {
        while (run + 1 < this.runs.length && this.runs[run + 1]!.first <= to) run++;
        const path = this.runs[run]?.path ?? '';
        const isNew = to === from || this.runs[run]!.first === to;
        weight += this.names.bytesAt(to) + (isNew ? path.length + RUN_BYTES : 0);
        for (let next = further; this.more[next]?.index === to; next++)
          weight += MORE_BYTES + (this.more[next]!.rawName ?? this.more[next]!.damage)!.length;
        if (weight > MAX_TEXT_BYTES && to > from) break;
        if (isNew) directories.push({ path, count: 0 });
        directories.at(-1)!.count++;
        for (; this.more[further]?.index === to; further++) more.push({ ...this.more[further]!, index: to - from });
      }
      // The next table begins with the directory that this one ends in.
      while (run > 0 && this.runs[run]!.first > to) run--;
      yield {
        directories,
        names: this.names.text(from, to),
        types: Buffer.from(this.types.buffer, from, to - from).toString('latin1'),
        sizes: packNumbers(this.sizes.subarray(from, to)),
        mtimes: packNumbers(this.mtimes.subarray(from, to)),
        nodes: this.nodes.subarray(from, to).join('/'),
        more,
      };
      from = to;
    }
  }

  /** Forgets what was added; the directory that was entered stays. */
  clear(): void {
    const path = this.runs.at(-1)?.path;
    this.names.clear();
    this.more = [];
    this.runs.length = 0;
    if (path !== undefined) this.runs.push({ path, first: 0 });
  }

  private added(node: number): number {
    const index = this.count - 1;
    if (index >= this.types.length) this.grow();
    this.nodes[index] = node;
    this.types[index] = OTHER;
    this.sizes[index] = 0;
    this.mtimes[index] = NaN;
    return index;
  }

  private grow(): void {
    const length = this.types.length * 2;
    const types = new Uint8Array(length);
    types.set(this.types);
    this.types = types;
    for (const column of ['sizes', 'mtimes', 'nodes'] as const) {
      const numbers = new Float64Array(length);
      numbers.set(this[column]);
      this[column] = numbers;
    }
  }
}
