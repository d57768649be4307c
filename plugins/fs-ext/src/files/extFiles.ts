import type { FileContent, NamedStream } from '@diskwright/sdk';
import { DamagedStructureError, InvalidInputError } from '@diskwright/sdk/errors';
import type { ByteRange, FilesystemEntry, FilesystemNode } from '@diskwright/sdk/protocol';
import { GroupTable } from '../groupTable';
import { requireGeometry, type ExtVolume } from '../volume';
import { attributesOf } from './attributes';
import { attributeContent, contentOf, extentsOf } from './content';
import { findInDirectory, listDirectory, nodeOf } from './directoryListing';
import { inodeDetails } from './inodeDetails';
import type { InodeRecord } from './inodeRecord';
import { InodeTable } from './inodeTable';
import { nameOf } from './names';
import { ROOT_INODE } from './rootInode';

/** A target fits a block (`ext4_symlink`). */
const LONGEST_TARGET = 65536;

/** The files of a volume. Nodes are named by their inode numbers. */
export class ExtFiles {
  private known: InodeTable | undefined;

  constructor(private readonly volume: ExtVolume) {}

  /** @throws DamagedStructureError when the superblock's numbers do not agree or the descriptors cannot be read */
  async table(signal: AbortSignal): Promise<InodeTable> {
    if (this.known) return this.known;
    const { source } = this.volume;
    const groups = await GroupTable.read(source, requireGeometry(this.volume), signal);
    return (this.known = new InodeTable(source, groups));
  }

  async *readdir(node: string, signal: AbortSignal): AsyncGenerator<FilesystemEntry, void, undefined> {
    const { table, inode } = await this.find(node, signal);
    if (inode.type !== 'directory') throw new InvalidInputError(`inode ${inode.number} is no directory`);
    yield* listDirectory(table, inode, signal);
  }

  async stat(node: string, signal: AbortSignal): Promise<FilesystemNode & { details: [string, string][] }> {
    const { table, inode } = await this.find(node, signal);
    return { ...nodeOf(inode), details: inodeDetails(inode, table.geometry) };
  }

  async lookup(path: string, signal: AbortSignal): Promise<FilesystemNode | null> {
    const table = await this.table(signal);
    let inode = await table.read(ROOT_INODE, signal);
    for (const name of path.split('/').filter((part) => part !== '')) {
      if (inode.type !== 'directory') return null;
      const found = await findInDirectory(table, inode, name, signal);
      if (found === null) return null;
      inode = await table.read(found, signal);
    }
    return nodeOf(inode);
  }

  async readlink(node: string, signal: AbortSignal): Promise<string> {
    const { table, inode } = await this.find(node, signal);
    if (inode.type !== 'symlink') throw new InvalidInputError(`inode ${inode.number} is no symbolic link`);
    const { size, segments } = await contentOf(table, inode, signal);
    if (size > LONGEST_TARGET)
      throw new DamagedStructureError('ext symbolic link', `the target of link ${inode.number} has ${size} bytes`);
    const pieces: Buffer[] = [];
    for await (const segment of segments) {
      if (segment.kind === 'extent') pieces.push(await table.source.read(segment.offset, segment.length, signal));
      else if (segment.kind === 'inline') pieces.push(Buffer.from(segment.bytes, 'base64'));
    }
    // Components are shown as they are in directories; the slashes between them stay.
    const parts = splitAt(Buffer.concat(pieces), 0x2f);
    return parts.map((part) => nameOf(part).text).join('/');
  }

  async contentOf(node: string, stream: string | undefined, signal: AbortSignal): Promise<FileContent> {
    const { table, inode } = await this.find(node, signal);
    return stream === undefined ? contentOf(table, inode, signal) : attributeContent(table, inode, stream, signal);
  }

  /** Extended attributes. */
  async streams(node: string, signal: AbortSignal): Promise<NamedStream[]> {
    const { table, inode } = await this.find(node, signal);
    return (await attributesOf(table, inode, signal)).map(({ name, size, value }) => ({ name, size, ...(value && { value }) }));
  }

  async extentsOf(node: string, signal: AbortSignal): Promise<ByteRange[]> {
    const { table, inode } = await this.find(node, signal);
    return extentsOf(table, inode, signal);
  }

  /** @throws InvalidInputError for what is no inode number of this filesystem */
  private async find(node: string, signal: AbortSignal): Promise<{ table: InodeTable; inode: InodeRecord }> {
    const table = await this.table(signal);
    const number = /^[1-9]\d{0,9}$/.test(node) ? Number(node) : 0;
    if (number < 1 || number > table.inodesCount) throw new InvalidInputError(`there is no inode ${node.slice(0, 32)}`);
    return { table, inode: await table.read(number, signal) };
  }
}

function splitAt(bytes: Buffer, separator: number): Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  for (let at = bytes.indexOf(separator); at >= 0; at = bytes.indexOf(separator, start)) {
    parts.push(bytes.subarray(start, at));
    start = at + 1;
  }
  return [...parts, bytes.subarray(start)];
}
