import type { SearchResult, Searcher } from '@diskwright/native';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { availableParallelism } from 'node:os';
import type { SearchEnd, SearchHit, SearchProgress } from '../../common';
import { abortable, throwIfCancelled } from '../../common/flow/abortable';
import type { BlockNode } from '../nodes/blockNode';
import { readTolerantly } from '../nodes/readTolerantly';
import { dataRuns } from './dataRuns';
import { inOrder } from './inOrder';

/** Large enough that handing out work costs nothing beside it, small enough that little is left to do after a cancellation. */
const CHUNK_BYTES = 8 * 1024 * 1024;
const IN_FLIGHT = Math.min(4, Math.max(2, availableParallelism()));
const TELL_MILLISECONDS = 200;
const MOST_HITS_TOLD = 512;
const CONTEXT_BEFORE = 16;
const CONTEXT_BYTES = 48;

export interface SearchOptions {
  range: ByteRange;
  limit: number;
  signal?: AbortSignal;
  /** Awaited, so that whoever is told too much slows the search down. */
  onProgress(progress: SearchProgress): Promise<void>;
}

/** Matches that begin in `range` and end at `end` or before. */
interface Chunk {
  range: ByteRange;
  end: number;
}

/**
 * Looks through a range of a node in several native threads, past its holes, and tells what it finds in ascending order as it goes.
 * @param searcher stopped at the end: an expression may keep a thread busy for long with what nobody wants to know any more
 * @throws CancelledError at once, even while the device hangs; what else reading throws, but for unreadable sectors
 */
export async function searchNode(node: BlockNode, searcher: Searcher, options: SearchOptions): Promise<SearchEnd> {
  try {
    return await searchAll(node, searcher, options);
  } finally {
    searcher.stop();
  }
}

async function searchAll(node: BlockNode, searcher: Searcher, options: SearchOptions): Promise<SearchEnd> {
  const { range, limit, signal } = options;
  const report = new Report(node, options);
  let free = range.offset;
  let hits = 0;
  const chunks = chunksOf(node, range, searcher.longest, signal);
  for await (const { item, result } of inOrder(chunks, IN_FLIGHT, (chunk) => searchChunk(node, searcher, chunk, limit, signal))) {
    throwIfCancelled(signal);
    report.reached(item.range, result);
    for (let index = 0; index < result.hits.length; index += 2) {
      const [offset, length] = [result.hits[index]!, result.hits[index + 1]!];
      // One that began in the chunk before may reach into this one.
      if (offset < free) continue;
      free = offset + length;
      await report.add({ offset, length });
      if (++hits === limit) {
        await report.tell();
        return { state: 'limit', hits };
      }
    }
    await report.tellInTime();
  }
  report.finish();
  await report.tell();
  return { state: 'done', hits };
}

/** Data only, but for what a match at its edge takes of the zeros around it. */
async function* chunksOf(node: BlockNode, range: ByteRange, longest: number, signal?: AbortSignal): AsyncGenerator<Chunk> {
  const rangeEnd = range.offset + range.length;
  let searched = range.offset;
  for await (const run of dataRuns(node, range, signal)) {
    const runEnd = run.offset + run.length;
    const end = Math.min(rangeEnd, runEnd + longest - 1);
    for (let at = Math.max(searched, run.offset - longest + 1); at < runEnd; at += CHUNK_BYTES) {
      throwIfCancelled(signal);
      const length = Math.min(CHUNK_BYTES, runEnd - at);
      yield { range: { offset: at, length }, end: Math.min(end, at + length + longest - 1) };
    }
    searched = runEnd;
  }
}

async function searchChunk(
  node: BlockNode,
  searcher: Searcher,
  { range: { offset, length }, end }: Chunk,
  mostHits: number,
  signal?: AbortSignal,
): Promise<SearchResult> {
  const [segment, ...others] = node.segments(offset, end - offset);
  if (segment?.kind === 'descriptor' && others.length === 0) {
    const shift = segment.descriptorOffset - segment.offset;
    const place = { offset: offset + shift, length, end: end + shift };
    const found = await abortable(searcher.inDevice(segment.descriptor, place, node.sectorSize, mostHits), signal);
    return shift === 0 ? found : shifted(found, -shift);
  }
  const { bytes, holes } = await readTolerantly(node, offset, end - offset, signal);
  const found = await abortable(searcher.inBytes(bytes, length, mostHits), signal);
  return { ...shifted(found, offset), unreadable: holes };
}

function shifted(found: SearchResult, shift: number): SearchResult {
  return {
    ...found,
    hits: found.hits.map((value, index) => (index % 2 === 0 ? value + shift : value)),
    unreadable: found.unreadable.map(({ offset, length }) => ({ offset: offset + shift, length })),
  };
}

/** What was found since it was told last, and how far the search is. */
class Report {
  private readonly progress: Omit<SearchProgress, 'hits'>;
  private hits: SearchHit[] = [];
  private at: number;
  private toldAt = performance.now();

  constructor(
    private readonly node: BlockNode,
    private readonly options: SearchOptions,
  ) {
    this.at = options.range.offset;
    this.progress = { done: 0, total: options.range.length, skipped: 0, unreadable: 0 };
  }

  reached({ offset, length }: ByteRange, { unreadable }: SearchResult): void {
    this.progress.skipped += Math.max(0, offset - this.at);
    this.progress.unreadable += unreadable.reduce((sum, range) => sum + range.length, 0);
    this.at = Math.max(this.at, offset + length);
    this.progress.done = this.at - this.options.range.offset;
  }

  finish(): void {
    const { total, done } = this.progress;
    this.progress.skipped += total - done;
    this.progress.done = total;
  }

  async add({ offset, length }: ByteRange): Promise<void> {
    const start = Math.max(0, offset - CONTEXT_BEFORE);
    const end = Math.min(this.node.size, offset + CONTEXT_BYTES);
    const { bytes } = await readTolerantly(this.node, start, end - start, this.options.signal);
    this.hits.push({
      offset,
      length,
      before: bytes.toString('base64', 0, offset - start),
      bytes: bytes.toString('base64', offset - start),
    });
    if (this.hits.length >= MOST_HITS_TOLD) await this.tell();
  }

  async tellInTime(): Promise<void> {
    if (performance.now() - this.toldAt >= TELL_MILLISECONDS) await this.tell();
  }

  async tell(): Promise<void> {
    this.toldAt = performance.now();
    const hits = this.hits;
    this.hits = [];
    await this.options.onProgress({ ...this.progress, hits });
  }
}
