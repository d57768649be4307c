import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { type Parser as TarParser, Parser, type ReadEntry } from 'tar';
import { RefusedError } from '@diskwright/sdk/errors';
import { PACKAGE_LIMITS, type PackageLimits } from './packageLimits';
import { PackageWriter, refused } from './packageWriter';

/** Longer headers (long names, extended attributes) are refused by the parser. */
const MAX_HEADER_BYTES = 64 * 1024;
const SPECIAL_MODE_BITS = 0o7000;
const EXECUTE_BITS = 0o111;
const FILES = ['File', 'OldFile', 'ContiguousFile'];
const LINKS = ['Link', 'SymbolicLink'];

/**
 * Unpacks a package (`.tgz`, one folder with all in it) into an empty folder. The archive is nobody's friend: its bytes, paths, kinds of entries, sizes and
 * the ratio of its compression are all bounded, and it is read as a stream.
 * @returns a digest of its content, see {@link PackageWriter.finish}
 * @throws RefusedError naming what is wrong; what was written by then stays for the caller to remove
 */
export async function unpackArchive(
  archive: string,
  folder: string,
  signal?: AbortSignal,
  limits: PackageLimits = PACKAGE_LIMITS,
): Promise<string> {
  const writer = new PackageWriter(folder, limits);
  const entries = new EntryReader(writer);
  const source = createReadStream(archive, { signal });
  const gunzip = createGunzip();
  source.on('data', (chunk) => (entries.packedBytes += chunk.length));
  source.on('error', (error) => gunzip.destroy(error));
  try {
    for await (const chunk of source.pipe(gunzip) as AsyncIterable<Buffer>) {
      requireRatio(entries, chunk.length, limits);
      await entries.take(chunk);
    }
    await entries.end();
  } catch (error) {
    signal?.throwIfAborted();
    throw inWords(error);
  } finally {
    source.destroy();
    gunzip.destroy();
  }
  return writer.finish();
}

/** Small archives may be compressed as well as they can be. */
function requireRatio(entries: EntryReader, length: number, limits: PackageLimits): void {
  entries.unpackedBytes += length;
  const most = Math.min(limits.ratioFreeBytes + entries.packedBytes * limits.ratio, 2 * limits.totalBytes);
  if (entries.unpackedBytes > most)
    throw new RefusedError(`the archive is refused: it unpacks to more than ${limits.ratio} times its size`);
}

/** Hands the archive's bytes to the parser, and its entries to the writer, one at a time. */
class EntryReader {
  packedBytes = 0;
  unpackedBytes = 0;
  private readonly parser: TarParser;
  private topFolder: string | null = null;
  private failure: unknown = null;
  /** The entry that is being written. */
  private writing: Promise<void> = Promise.resolve();
  private readonly ended: Promise<void>;

  constructor(private readonly writer: PackageWriter) {
    this.parser = new Parser({
      strict: true,
      maxMetaEntrySize: MAX_HEADER_BYTES,
      onReadEntry: (entry) => {
        this.writing = this.writing.then(() => this.read(entry)).catch((error: unknown) => this.fail(error));
        // What is not read would keep the parser from going on.
        void this.writing.finally(() => entry.resume());
      },
    });
    this.parser.on('ignoredEntry', (entry: ReadEntry) => this.fail(refused(entry.path, `is of the kind ${entry.type}`)));
    this.ended = new Promise((resolve) => {
      this.parser.on('end', () => resolve());
      this.parser.on('error', (error: unknown) => {
        this.fail(error);
        resolve();
      });
    });
  }

  async take(chunk: Buffer): Promise<void> {
    this.requireTar(chunk);
    if (!this.parser.write(chunk)) {
      await new Promise<void>((resolve) => {
        this.parser.once('drain', resolve);
        void this.ended.then(resolve);
      });
    }
    // An entry that is refused is the end, whatever follows.
    if (this.failure !== null) throw this.failure as Error;
  }

  async end(): Promise<void> {
    this.parser.end();
    await this.ended;
    await this.writing;
    if (this.failure !== null) throw this.failure as Error;
    if (this.topFolder === null) throw new RefusedError('the archive is refused: it is empty');
  }

  private firstSeen = false;

  /** The parser would unpack what is packed once more, uncounted. */
  private requireTar(chunk: Buffer): void {
    if (this.firstSeen || chunk.length < 2) return;
    this.firstSeen = true;
    if ((chunk[0] === 0x1f && chunk[1] === 0x8b) || chunk.subarray(0, 2).equals(Buffer.from([0x28, 0xb5])))
      throw new RefusedError('the archive is refused: it is compressed twice');
  }

  private async read(entry: ReadEntry): Promise<void> {
    if (this.failure !== null) return;
    const { type, size } = entry;
    const path = entry.path.replace(/^\.\//, '');
    if (LINKS.includes(type)) throw refused(path, `is a link to ${JSON.stringify(entry.linkpath ?? '')}; packages have none`);
    if (type !== 'Directory' && !FILES.includes(type)) throw refused(path, `is of the kind ${type}, no file or folder`);
    const mode = entry.mode ?? 0;
    if ((mode & SPECIAL_MODE_BITS) !== 0) throw refused(path, 'has the rights of its owner (set-user-id or the like)');
    const inner = this.withoutTop(path, type === 'Directory');
    if (inner === null) return;
    if (type === 'Directory') return this.writer.addFolder(inner);
    this.writer.requireFile(inner, size);
    await this.writer.addFile(inner, await entry.concat(), (mode & EXECUTE_BITS) !== 0);
  }

  /** The path within the one folder that holds all; null for that folder itself. */
  private withoutTop(path: string, isFolder: boolean): string | null {
    const slash = path.indexOf('/');
    const top = slash < 0 ? path : path.slice(0, slash);
    if (top === '' || top === '..') throw refused(path, top === '' ? 'has an absolute path' : 'leads out of the package');
    this.topFolder ??= top;
    if (top !== this.topFolder || (slash < 0 && !isFolder)) throw refused(path, `lies outside of the package's folder`);
    const inner = slash < 0 ? '' : path.slice(slash + 1);
    return inner === '' ? null : inner;
  }

  private fail(error: unknown): void {
    this.failure ??= error;
  }
}

function inWords(error: unknown): Error {
  if (error instanceof RefusedError) return error;
  const { message, code } = error as NodeJS.ErrnoException;
  // What the system says of the disk is no fault of the archive.
  if (['ENOSPC', 'EDQUOT', 'EIO', 'EACCES', 'EROFS', 'ENOENT'].includes(code ?? '')) return error as Error;
  return new RefusedError(`the archive is refused: ${message}`, {
    todo: 'A package is a gzipped tar archive, as npm pack makes it.',
  });
}
