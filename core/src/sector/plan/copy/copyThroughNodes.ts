import type { ByteRange } from '@diskwright/sdk/protocol';
import { setMaxListeners } from 'node:events';
import { abortable, throwIfCancelled } from '../../../common/flow/abortable';
import { forEachInFlight } from '../../../common/flow/forEachInFlight';
import { native } from '../../native';
import type { BlockNode, NodeExtent } from '../../nodes/blockNode';
import { readTolerantly, type TolerantRead } from '../../nodes/readTolerantly';
import { HASH_BYTES, type PartCopy, type PartResult, shortenHashes } from './copyPart';
import { type Chunk, chunksOf, countChunks } from './parts';

const IN_FLIGHT = 8;
/** Of a chunk that is known to be zeros without being read. */
const NOTHING = { bytes: null, holes: [] };
/** Below this, asking whether an extent is a hole costs as much as reading it. */
const ASK_FOR_HOLES_FROM = 256 * 1024;

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
  const copied = forEachInFlight(withHoles(part, signal), IN_FLIGHT, (chunk) =>
    state.copy(chunk, signal).catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  try {
    await abortable(copied, part.signal);
  } catch (error) {
    throw failed.signal.aborted ? failed.signal.reason : error;
  }
  return state.result();
}

class Pipeline {
  private readonly hashes: Buffer;
  private readonly holes: ByteRange[] = [];
  private hashOfZeroChunk: Buffer | null = null;

  constructor(private readonly part: PartCopy) {
    this.hashes = Buffer.alloc(countChunks(part.extents, part.chunkBytes) * HASH_BYTES);
  }

  async copy({ index, offset, length, hole }: CopiedChunk, signal: AbortSignal): Promise<void> {
    const { part } = this;
    const read = hole ? NOTHING : await this.read(part.sourceOffset + offset, length, signal);
    throwIfCancelled(signal);
    const at = part.targetOffset + offset;
    if (read.bytes && !native.isZero(read.bytes)) {
      native.blake3(read.bytes).copy(this.hashes, index * HASH_BYTES);
      await part.target.write(at, read.bytes, signal);
    } else {
      this.hashOfZeros(length).copy(this.hashes, index * HASH_BYTES);
      // An earlier run may have read here what cannot be read any more, and have written it.
      if (!part.targetIsZero || read.holes.length > 0) await part.target.zero(at, length, signal);
    }
    part.progress.advance(length);
  }

  result(): PartResult {
    const holes = this.holes.sort((a, b) => a.offset - b.offset);
    const holeBytes = holes.reduce((sum, hole) => sum + hole.length, 0);
    return {
      holes,
      holeBytes,
      blake3: native.blake3(this.hashes),
      chunkHashes: shortenHashes(this.hashes),
    };
  }

  private async read(offset: number, length: number, signal: AbortSignal): Promise<TolerantRead> {
    const { source, onReadError } = this.part;
    if (onReadError === 'stop') return { bytes: await source.read(offset, length, signal), holes: [] };
    const read = await readTolerantly(source, offset, length, signal);
    this.holes.push(...read.holes);
    return read;
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
