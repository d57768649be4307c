import { MediaError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { throwIfCancelled } from '../../common/flow/abortable';
import { type ErrorPolicy, READ_RETRIES } from '../../common/jobs/errorPolicy';
import type { BlockNode } from './blockNode';

/** What is left of a failing range is halved down to this, then taken sector by sector. */
const TRIM_BYTES = 64 * 1024;
const DEFAULT_POLICY: ErrorPolicy = { retries: READ_RETRIES, onReadError: 'skip' };

/** Bytes with zeros where they could not be read, and where that is, as ranges of the device. */
export interface TolerantRead {
  bytes: Buffer;
  holes: ByteRange[];
}

/**
 * Reads what can be read: large ranges first, then their halves, then sector by sector from both ends of what is bad. Relies on a
 * node's MediaError naming the first sector that cannot be read.
 * @param failed what a first attempt to read all of it has failed with, when there was one
 * @throws MediaError of the first unreadable sector where these are not skipped; whatever else goes wrong: a device that is gone,
 * CancelledError
 */
export async function readTolerantly(
  node: Pick<BlockNode, 'read' | 'sectorSize'>,
  offset: number,
  length: number,
  signal?: AbortSignal,
  policy: ErrorPolicy = DEFAULT_POLICY,
  failed?: MediaError,
): Promise<TolerantRead> {
  const first = failed ?? (await attempt(node, offset, length, signal));
  if (Buffer.isBuffer(first)) return { bytes: first, holes: [] };
  const scraper = new Scraper(node, offset, length, policy, signal);
  await scraper.scrape(offset, offset + length, first);
  return { bytes: scraper.bytes, holes: joinedRanges(scraper.holes) };
}

/** Fills a buffer from a range in which something is bad. */
class Scraper {
  readonly bytes: Buffer;
  readonly holes: ByteRange[] = [];

  constructor(
    private readonly node: Pick<BlockNode, 'read' | 'sectorSize'>,
    private readonly offset: number,
    length: number,
    private readonly policy: ErrorPolicy,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.bytes = Buffer.alloc(length);
  }

  /** Of a range that failed as a whole with an error that names a sector of it. */
  async scrape(start: number, end: number, error: MediaError): Promise<void> {
    const bad = badRange(error, this.node.sectorSize, start, end);
    await this.fill(start, bad.offset);
    await this.sector(bad, error);
    const from = bad.offset + bad.length;
    if (end - from <= TRIM_BYTES) return this.trim(from, end);
    const middle = this.alignDown(from + (end - from) / 2);
    await this.fill(from, middle);
    await this.fill(middle, end);
  }

  private async fill(start: number, end: number): Promise<void> {
    if (end <= start) return;
    const read = await attempt(this.node, start, end - start, this.signal);
    if (Buffer.isBuffer(read)) read.copy(this.bytes, start - this.offset);
    else await this.scrape(start, end, read);
  }

  /** Of what follows a bad sector: from the end towards it until something is bad again, then what lies between. */
  private async trim(start: number, end: number): Promise<void> {
    let from = start;
    let to = end;
    const isGood = async (first: number, last: number): Promise<boolean> => this.sector({ offset: first, length: last - first });
    while (from < to) {
      const last = Math.max(this.alignDown(to - 1), from);
      const wasGood = await isGood(last, to);
      to = last;
      if (!wasGood) break;
    }
    while (from < to) {
      const next = Math.min(this.alignDown(from) + this.node.sectorSize, to);
      await isGood(from, next);
      from = next;
    }
  }

  /** False when it is a hole. @param failed what a first attempt has failed with */
  private async sector(range: ByteRange, failed?: MediaError): Promise<boolean> {
    let error = failed;
    for (let count = failed ? 1 : 0; count <= this.policy.retries; count++) {
      const read = await attempt(this.node, range.offset, range.length, this.signal);
      if (Buffer.isBuffer(read)) {
        read.copy(this.bytes, range.offset - this.offset);
        return true;
      }
      error = read;
    }
    if (this.policy.onReadError === 'stop') throw error!;
    this.holes.push(range);
    return false;
  }

  private alignDown(position: number): number {
    return Math.floor(position / this.node.sectorSize) * this.node.sectorSize;
  }
}

async function attempt(
  node: Pick<BlockNode, 'read'>,
  offset: number,
  length: number,
  signal?: AbortSignal,
): Promise<Buffer | MediaError> {
  throwIfCancelled(signal);
  try {
    return await node.read(offset, length, signal);
  } catch (error) {
    if (error instanceof MediaError) return error;
    throw error;
  }
}

/** The unreadable sector that an error names, cut to what was asked for; one sector at least, so that every round gets on. */
function badRange(error: MediaError, sectorSize: number, start: number, end: number): ByteRange {
  const named = error.detail.offset ?? start;
  const offset = named >= start && named < end ? named : start;
  const length = Math.min(Math.max(error.detail.length ?? 0, 1), sectorSize - (offset % sectorSize));
  return { offset, length: Math.min(length, end - offset) };
}

/** The ranges in ascending order, touching ones joined. They do not overlap. */
export function joinedRanges(ranges: readonly ByteRange[]): ByteRange[] {
  const result: ByteRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.offset - b.offset)) {
    const last = result.at(-1);
    if (last && last.offset + last.length === range.offset) last.length += range.length;
    else result.push({ ...range });
  }
  return result;
}
