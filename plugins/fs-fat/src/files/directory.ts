import { readInto } from '@diskwright/sdk/block';
import { chainRuns, rangeOfClusters, type ClusterRun } from '@diskwright/sdk/clusters';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { FatVolume } from './fatTable';
import { DirectoryParser, type EntryNotes, type RawEntry } from './directoryEntries';

/** Read at once. */
const PIECE_BYTES = 1024 * 1024;
/** Small pieces are read together, as many as this holds. */
const GROUP_BYTES = 128 * 1024;
/** The specification allows 2 MiB; some programs do not care. Two million entries are read. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Which directory: null is the root. */
export type DirectoryStart = number | null;

/** A piece of a directory, and where it lies. */
export interface DirectoryPiece {
  bytes: Buffer;
  offset: number;
}

/**
 * Where a directory lies, in its order, in pieces of at most 1 MiB.
 * @throws BrokenChainError behind the last piece that makes sense; DamagedStructureError for a directory without an end
 */
export async function* directoryRanges(
  volume: FatVolume,
  start: DirectoryStart,
  signal: AbortSignal,
): AsyncGenerator<ByteRange, void, undefined> {
  const { geometry, table } = volume;
  const first = start ?? geometry.rootCluster;
  if (first === null) {
    yield* piecesOf({ offset: geometry.rootOffset, length: geometry.rootBytes });
    return;
  }
  const seen = new Set<number>();
  const place = rangeOfClusters(geometry, { cluster: first, count: 1 });
  const mostClusters = Math.ceil(MOST_BYTES / geometry.clusterBytes);
  for await (const run of chainRuns(table, first, signal)) {
    const isTooLong = seen.size + run.count > mostClusters;
    run.count = Math.min(run.count, mostClusters - seen.size);
    const isNew = markSeen(run, seen);
    if (run.count > 0) yield* piecesOf(rangeOfClusters(geometry, run));
    if (!isNew)
      throw new DamagedStructureError('FAT directory', `the directory at cluster ${first} leads back into itself`, place);
    if (isTooLong) {
      const message = `the directory at cluster ${first} has more than ${MOST_BYTES} bytes`;
      throw new DamagedStructureError('FAT directory', message, place);
    }
  }
}

/**
 * The files in a directory, a list for each piece read, as far as they make sense.
 * @throws as {@link directoryRanges}, behind the last entry; what `read` of the source throws
 */
export async function* directoryEntries(
  volume: FatVolume,
  start: DirectoryStart,
  signal: AbortSignal,
  notes?: EntryNotes,
): AsyncGenerator<RawEntry[], void, undefined> {
  const parser = new DirectoryParser(volume.geometry, notes);
  for await (const { bytes, offset } of directoryPieces(volume, start, signal)) {
    yield parser.entriesIn(bytes, offset);
    if (parser.isAtEnd) return;
  }
}

/**
 * The bytes of a directory, in order.
 * @param isReadOnce nobody asks for it again soon: nothing of it is cached, nor is what lies around it read
 * @throws as {@link directoryEntries}
 */
export async function* directoryPieces(
  volume: FatVolume,
  start: DirectoryStart,
  signal: AbortSignal,
  isReadOnce = false,
): AsyncGenerator<DirectoryPiece, void, undefined> {
  const read = async ({ offset, length }: ByteRange): Promise<DirectoryPiece> => {
    if (!isReadOnce) return { bytes: await volume.source.read(offset, length, signal), offset };
    const bytes = Buffer.allocUnsafe(length);
    await readInto(volume.source, offset, bytes, signal);
    return { bytes, offset };
  };
  for await (const group of grouped(directoryRanges(volume, start, signal))) {
    const pieces = group.map(read);
    // Whoever waits for one is told; until then nobody may be.
    for (const piece of pieces) piece.catch(() => undefined);
    for (const piece of pieces) yield await piece;
  }
}

/** Ranges that are read at once, in order: a directory that grew beside its files has a cluster here and there between them. */
async function* grouped(ranges: AsyncIterable<ByteRange>): AsyncGenerator<ByteRange[], void, undefined> {
  let group: ByteRange[] = [];
  let bytes = 0;
  try {
    for await (const range of ranges) {
      if (group.length > 0 && bytes + range.length > GROUP_BYTES) {
        yield group;
        group = [];
        bytes = 0;
      }
      group.push(range);
      bytes += range.length;
    }
  } catch (error) {
    // What comes before a broken link is still of use.
    yield group;
    throw error;
  }
  yield group;
}

/** Cuts the run before the first cluster that was there already. @returns whether none was */
function markSeen(run: ClusterRun, seen: Set<number>): boolean {
  for (let index = 0; index < run.count; index++) {
    if (seen.has(run.cluster + index)) {
      run.count = index;
      return false;
    }
    seen.add(run.cluster + index);
  }
  return true;
}

function* piecesOf({ offset, length }: ByteRange): Generator<ByteRange, void, undefined> {
  for (let done = 0; done < length; done += PIECE_BYTES)
    yield { offset: offset + done, length: Math.min(PIECE_BYTES, length - done) };
}
