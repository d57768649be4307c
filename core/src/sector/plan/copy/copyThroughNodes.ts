import { MediaError } from '@diskwright/sdk/errors';
import { ExtentList, subtract } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { setMaxListeners } from 'node:events';
import { abortable, throwIfCancelled } from '../../../common/flow/abortable';
import { forEachInFlight } from '../../../common/flow/forEachInFlight';
import { native } from '../../native';
import type { BlockNode, NodeExtent } from '../../nodes/blockNode';
import { joinedRanges, readTolerantly } from '../../nodes/readTolerantly';
import { HASH_BYTES, MAX_HOLES, type PartCopy, type PartResult, shortenHashes } from './copyPart';
import { differingRanges } from './differingRanges';
import { type Chunk, chunksOf, countChunks } from './parts';
import { type ChunkContent, contentOf, readShared } from './readShared';

const IN_FLIGHT = 8;
/** Of a chunk that is known to be zeros without being read. */
const NOTHING = { bytes: null, holes: [] };
/** Below this, asking whether an extent is a hole costs as much as reading it. */
const ASK_FOR_HOLES_FROM = 256 * 1024;

/** What was read of a chunk. */
interface ChunkRead extends ChunkContent {
  holes: ByteRange[];
}

interface AsideChunk {
  chunk: Chunk;
  /** What reading all of it has failed with. */
  failed?: MediaError;
}

interface CopiedChunk extends Chunk {
  /** Known to be zeros without being read. */
  hole: boolean;
}

/**
 * Copies a part where source or target is no descriptor (an NBD server, a scattered overlay): the same requests in flight, zero
 * detection, hashes, holes and result as the native engine.
 * @throws what the nodes throw; CancelledError at once when the signal is aborted
 */
export async function copyThroughNodes(part: PartCopy): Promise<PartResult> {
  const state = new Pipeline(part);
  // What fails first ends the others, and is why.
  const failed = new AbortController();
  const signal = part.signal ? AbortSignal.any([part.signal, failed.signal]) : failed.signal;
  setMaxListeners(0, signal);
  const all = async (): Promise<void> => {
    const orFail = (error: unknown): never => {
      failed.abort(error);
      throw error;
    };
    await forEachInFlight(withHoles(part, signal), IN_FLIGHT, (chunk) => state.copyFirst(chunk, signal).catch(orFail));
    await forEachInFlight(state.aside, IN_FLIGHT, (aside) => state.copyAside(aside, signal).catch(orFail));
  };
  try {
    await abortable(all(), part.signal);
  } catch (error) {
    throw failed.signal.aborted ? failed.signal.reason : error;
  }
  return state.result();
}

class Pipeline {
  /** Chunks that could not be read as a whole, or are known to be bad: read after all others. */
  readonly aside: AsideChunk[] = [];
  private readonly hashes: Buffer;
  private readonly holes: ByteRange[] = [];
  private bytesUnchanged = 0;
  private hashOfZeroChunk: Buffer | null = null;

  constructor(private readonly part: PartCopy) {
    this.hashes = Buffer.alloc(part.hashes ? countChunks(part.extents, part.chunkBytes) * HASH_BYTES : 0);
  }

  async copyFirst(chunk: CopiedChunk, signal: AbortSignal): Promise<void> {
    const { part } = this;
    await part.progress.gate.pass(signal);
    if (chunk.hole) return this.write(chunk, NOTHING, signal);
    if (part.suspects.meets(chunk) || part.givenUp.meets(chunk)) {
      this.aside.push({ chunk });
      return;
    }
    try {
      await this.write(chunk, { ...(await this.read(chunk, signal)), holes: [] }, signal);
    } catch (error) {
      if (!(error instanceof MediaError) || error.detail.device !== part.source.path) throw error;
      if (part.onError.onReadError === 'skip') this.aside.push({ chunk, failed: error });
      else await this.copyAside({ chunk, failed: error }, signal);
    }
  }

  async copyAside({ chunk, failed }: AsideChunk, signal: AbortSignal): Promise<void> {
    const { part } = this;
    const bytes = Buffer.alloc(chunk.length);
    const holes: ByteRange[] = [];
    const givenUp = ExtentList.fromRanges(part.givenUp.within(chunk));
    for (const { offset, length } of givenUp) holes.push({ offset: part.sourceOffset + offset, length });
    for (const { offset, length } of subtract(ExtentList.fromRanges([chunk]), givenUp)) {
      const at = part.sourceOffset + offset;
      const known = length === chunk.length ? failed : undefined;
      const read = await readTolerantly(this.source, at, length, signal, part.onError, known);
      read.bytes.copy(bytes, offset - chunk.offset);
      holes.push(...read.holes);
    }
    await this.write(chunk, { ...contentOf(bytes, part.hashes), holes }, signal);
  }

  private async read({ offset, length }: Chunk, signal: AbortSignal): Promise<ChunkContent> {
    const { sharedReader, source, sourceOffset, from } = this.part;
    const at = sourceOffset + offset;
    const read = (): Promise<Buffer> => this.source.read(at, length, signal);
    return sharedReader
      ? readShared(sharedReader, { from, path: source.path, offset: at, length }, read, signal)
      : contentOf(await read(), this.part.hashes);
  }

  private async write({ index, offset, length }: Chunk, { bytes, hash, holes }: ChunkRead, signal: AbortSignal): Promise<void> {
    const { part } = this;
    this.holes.push(...holes);
    throwIfCancelled(signal);
    const at = part.targetOffset + offset;
    if (part.hashes) (hash ?? this.hashOfZeros(length)).copy(this.hashes, index * HASH_BYTES);
    // An earlier run may have read here what cannot be read any more, and have written it.
    const isThere = !bytes && part.targetIsZero && holes.length === 0;
    if (!isThere) await this.writeDifferences(at, length, bytes, signal);
    part.progress.advance(length);
  }

  /** @param bytes null for zeros */
  private async writeDifferences(at: number, length: number, bytes: Buffer | null, signal: AbortSignal): Promise<void> {
    const { target, progress, keepsEqual } = this.part;
    const standing = keepsEqual ? await this.standing(at, length, signal) : null;
    const ranges = standing ? differingRanges(bytes ?? Buffer.alloc(length), standing) : [{ offset: 0, length }];
    for (const range of ranges) {
      const [start, end] = [range.offset, range.offset + range.length];
      const write = (): Promise<void> => target.write(at + start, bytes!.subarray(start, end), signal);
      if (bytes) await progress.requests.time(target.path, at + start, range.length, write);
      else await target.zero(at + start, range.length, signal);
    }
    this.bytesUnchanged += ranges.reduce((left, range) => left - range.length, length);
  }

  /** What the target holds; null when it cannot be read: then all is written, which may well repair it. */
  private async standing(at: number, length: number, signal: AbortSignal): Promise<Buffer | null> {
    const { target, progress } = this.part;
    try {
      return await progress.requests.time(target.path, at, length, () => target.read(at, length, signal));
    } catch (error) {
      if (error instanceof MediaError) return null;
      throw error;
    }
  }

  result(): PartResult {
    const holes = joinedRanges(this.holes);
    const holeBytes = holes.reduce((sum, hole) => sum + hole.length, 0);
    return {
      holes: holes.slice(0, MAX_HOLES),
      holeBytes,
      bytesUnchanged: this.bytesUnchanged,
      blake3: this.part.hashes ? native.blake3(this.hashes) : Buffer.alloc(0),
      chunkHashes: shortenHashes(this.hashes),
    };
  }

  /** The source, with its requests watched. */
  private get source(): Pick<BlockNode, 'read' | 'sectorSize'> {
    const { source, progress } = this.part;
    return {
      sectorSize: source.sectorSize,
      read: (offset, length, signal) =>
        progress.requests.time(source.path, offset, length, () => source.read(offset, length, signal)),
    };
  }

  /** Most chunks have one length; the others are not worth remembering. */
  private hashOfZeros(length: number): Buffer {
    if (length !== this.part.chunkBytes) return native.blake3(Buffer.alloc(length));
    return (this.hashOfZeroChunk ??= native.blake3(Buffer.alloc(length)));
  }
}

/** The chunks in order, with what the source says of its holes. */
async function* withHoles(part: PartCopy, signal: AbortSignal): AsyncGenerator<CopiedChunk> {
  let known: NodeExtent[] = [];
  for (const chunk of chunksOf(part.extents, part.chunkBytes)) {
    throwIfCancelled(signal);
    const start = part.sourceOffset + chunk.offset;
    const end = start + chunk.length;
    if (!covers(known, start) && chunk.length >= ASK_FOR_HOLES_FROM) known = await holesOf(part, start, signal);
    yield { ...chunk, hole: known.some((run) => run.kind !== 'data' && run.offset <= start && run.offset + run.length >= end) };
  }
}

/** Asks for the rest of the extent that holds `start`; a source that cannot tell holds data. */
async function holesOf({ source, extents, sourceOffset }: PartCopy, start: number, signal: AbortSignal): Promise<NodeExtent[]> {
  const index = extents.indexFrom(start - sourceOffset);
  const length = extents.endAt(index) + sourceOffset - start;
  return extentsOrData(source, start, length, signal);
}

async function extentsOrData(source: BlockNode, offset: number, length: number, signal: AbortSignal): Promise<NodeExtent[]> {
  try {
    return await source.extents(offset, length, signal);
  } catch {
    throwIfCancelled(signal);
    return [{ offset, length, kind: 'data' }];
  }
}

function covers(runs: readonly NodeExtent[], offset: number): boolean {
  const [first] = runs;
  const last = runs.at(-1);
  return first !== undefined && last !== undefined && first.offset <= offset && offset < last.offset + last.length;
}
