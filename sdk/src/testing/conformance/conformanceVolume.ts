import type { BlockSource } from '../../block/index';
import type { ExtentList } from '../../extents/index';
import type { ByteRange, ContentSegment, FilesystemEntry, FilesystemInfo, Finding } from '../../protocol/types';
import type { AllocationResult, FileContent, Filesystem } from '../../provider/index';
import { walkByReaddir } from '../../runtime/tree';

/** What is asked of an open volume, in the tests of a plugin by its provider itself, in `plugin test` through the host. */
export interface ConformanceVolume {
  readonly root: string;
  info(): Promise<FilesystemInfo>;
  allocation(): Promise<Omit<AllocationResult, 'extents'> & { extents: ExtentList | null }>;
  check(): Promise<Finding[]>;
  readdir(node: string): AsyncIterable<FilesystemEntry>;
  /** How many entries a recursive walk of the whole tree tells. */
  countByWalk(): Promise<number>;
  readlink(node: string): Promise<string>;
  streams(node: string): Promise<{ name: string; size: number; value?: Buffer }[]>;
  extentsOf(node: string): Promise<ByteRange[]>;
  /** Opens the content of a file while `use` reads it. */
  withContent<T>(node: string, use: (read: ReadPiece) => Promise<T>): Promise<T>;
}

/** Exactly `length` bytes of a content, at most 1 MiB. */
export type ReadPiece = (offset: number, length: number) => Promise<Buffer>;

/** A filesystem that was opened with its provider, on a source. */
export function volumeOf(filesystem: Filesystem, source: BlockSource, signal: AbortSignal): ConformanceVolume {
  const files = filesystem.files!;
  const walk = { recursive: true };
  return {
    root: files.root.node,
    info: () => filesystem.info(signal),
    allocation: () => filesystem.allocation(signal),
    check: () => filesystem.check(signal),
    readdir: async function* (node) {
      yield* files.readdir(node, signal, { metadata: true });
    },
    countByWalk: async () => {
      let count = 0;
      if (files.walkBatches) for await (const batch of files.walkBatches(files.root.node, walk, signal)) count += batch.length;
      else
        for await (const _entry of files.walk?.(files.root.node, walk, signal) ??
          walkByReaddir(files, files.root.node, walk, signal))
          count++;
      const tables = files.walkTables?.(files.root.node, walk, signal);
      let inTables = 0;
      for await (const { types } of tables ?? []) inTables += types.length;
      if (tables && inTables !== count) throw new Error(`of ${count} entries, ${inTables} are listed in tables`);
      return count;
    },
    readlink: (node) => files.readlink!(node, signal),
    streams: async (node) => (await files.streams?.(node, signal)) ?? [],
    extentsOf: (node) => files.extentsOf!(node, signal),
    withContent: async (node, use) => {
      const bySegments = await readerOf(await files.contentOf!(node, undefined, signal), source, signal);
      const bytes = files.readContent;
      if (!bytes) return use(bySegments);
      return use(async (offset, length) => {
        const read = await bytes.call(files, node, undefined, offset, length, signal);
        const stored = await bySegments(offset, length).catch(isServed);
        if (stored && !stored.equals(read)) throw new Error(`its segments hold other bytes at ${offset} than are read there`);
        return read;
      });
    },
  };
}

class ServedError extends Error {}

function isServed(error: unknown): null {
  if (error instanceof ServedError) return null;
  throw error;
}

async function readerOf({ size, segments }: FileContent, source: BlockSource, signal: AbortSignal): Promise<ReadPiece> {
  const placed: { start: number; length: number; segment: ContentSegment }[] = [];
  let end = 0;
  for await (const segment of segments) {
    const length = segment.kind === 'inline' ? Buffer.from(segment.bytes, 'base64').length : segment.length;
    placed.push({ start: end, length, segment });
    end += length;
  }
  if (end !== size) throw new Error(`its segments have ${end} bytes, and not ${size}`);
  return async (offset, length) => {
    const bytes = Buffer.alloc(length);
    for (const { start, length: there, segment } of placed) {
      const [from, to] = [Math.max(offset, start), Math.min(offset + length, start + there)];
      if (from >= to || segment.kind === 'zeros') continue;
      if (segment.kind === 'served') throw new ServedError();
      const piece =
        segment.kind === 'inline'
          ? Buffer.from(segment.bytes, 'base64').subarray(from - start, to - start)
          : await source.read(segment.offset + from - start, to - from, signal);
      piece.copy(bytes, from - offset);
    }
    return bytes;
  };
}
