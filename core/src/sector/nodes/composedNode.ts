import { checkRange } from '@diskwright/sdk/block';
import { FailedError, MediaError } from '@diskwright/sdk/errors';
import type { SectorSize } from '@diskwright/sdk/protocol';
import { read as readDescriptor } from 'node:fs';
import { throwIfCancelled } from '../../common/flow/abortable';
import { forEachInFlight } from '../../common/flow/forEachInFlight';
import type { BlockNode, NodeExtent, NodeSegment } from './blockNode';

/** How many runs one answer of `extents` or `segments` holds at most. */
const MAX_RUNS = 4096;
/** Runs of one read that are fetched at the same time. */
const READS_IN_FLIGHT = 16;

/** Where a run of a composed node's bytes comes from. `data`: a file of the node's own, by descriptor. */
export type Run =
  | { kind: 'node'; offset: number; length: number; node: BlockNode; nodeOffset: number }
  | { kind: 'data'; offset: number; length: number; descriptor: number; position: number }
  | { kind: 'zeros'; offset: number; length: number };

export interface RunSource {
  /** The runs of a range in order; at most `limit`, which may cover less than was asked for. */
  runs(offset: number, length: number, limit: number): Run[];
}

/** What a composed node is apart from its runs. */
export interface NodeShape {
  path: string;
  size: number;
  sectorSize: SectorSize;
  physicalSectorSize: number;
}

/**
 * A device that is put together from parts of others: an overlay of its layers, a file's content of its segments. It writes nothing
 * anywhere. `release` is called once, when it is disposed of; what the runs lie on is owned by whoever gave them.
 */
export class ComposedNode implements BlockNode {
  readonly path: string;
  readonly size: number;
  readonly sectorSize: SectorSize;
  readonly physicalSectorSize: number;
  private disposed = false;

  constructor(
    shape: NodeShape,
    private readonly parts: RunSource,
    private readonly release: () => Promise<void>,
  ) {
    this.path = shape.path;
    this.size = shape.size;
    this.sectorSize = shape.sectorSize;
    this.physicalSectorSize = shape.physicalSectorSize;
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    this.check(offset, length);
    const runs = this.parts.runs(offset, length, Infinity);
    const [only] = runs;
    if (runs.length === 1 && only!.kind === 'node') return this.readNode(only!, signal);
    const result = Buffer.alloc(length);
    await forEachInFlight(runs, Math.min(READS_IN_FLIGHT, runs.length), async (run) => {
      throwIfCancelled(signal);
      await this.readRun(run, result.subarray(run.offset - offset, run.offset - offset + run.length), signal);
    });
    return result;
  }

  async extents(offset: number, length: number, signal?: AbortSignal): Promise<NodeExtent[]> {
    this.check(offset, length);
    const result: NodeExtent[] = [];
    for (const run of this.parts.runs(offset, length, MAX_RUNS)) {
      if (run.kind === 'data') result.push({ kind: 'data', offset: run.offset, length: run.length });
      else if (run.kind === 'zeros') result.push({ kind: 'hole', offset: run.offset, length: run.length });
      else {
        const below = await run.node.extents(run.nodeOffset, run.length, signal);
        let covered = 0;
        for (const extent of below) {
          result.push({ kind: extent.kind, offset: extent.offset - run.nodeOffset + run.offset, length: extent.length });
          covered += extent.length;
        }
        // The node below answered only a part: what follows would leave a gap.
        if (covered < run.length) break;
      }
      if (result.length >= MAX_RUNS) break;
    }
    return joinExtents(result);
  }

  segments(offset: number, length: number): NodeSegment[] {
    this.check(offset, length);
    const result: NodeSegment[] = [];
    for (const run of this.parts.runs(offset, length, MAX_RUNS)) {
      if (run.kind === 'zeros') result.push({ kind: 'zeros', offset: run.offset, length: run.length });
      else if (run.kind === 'data') {
        const { descriptor, position: descriptorOffset } = run;
        result.push({ kind: 'descriptor', offset: run.offset, length: run.length, descriptor, descriptorOffset });
      } else {
        let covered = 0;
        for (const segment of run.node.segments(run.nodeOffset, run.length)) {
          result.push({ ...segment, offset: segment.offset - run.nodeOffset + run.offset });
          covered += segment.length;
        }
        if (covered < run.length) break;
      }
      if (result.length >= MAX_RUNS) break;
    }
    return result;
  }

  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    await this.release();
  }

  /** @throws FailedError after disposal, InvalidInputError for a range outside */
  protected check(offset: number, length: number): void {
    if (this.disposed) throw new FailedError(`${this.path} is closed`, { device: this.path });
    checkRange(offset, length, this.size, this.path);
  }

  private async readRun(run: Run, target: Buffer, signal?: AbortSignal): Promise<void> {
    if (run.kind === 'zeros') return;
    if (run.kind === 'node') (await this.readNode(run, signal)).copy(target);
    else await this.readData(run.descriptor, run.position, target, run.offset);
  }

  /** The message of what cannot be read names the place on the device below; the detail is this node's. */
  private async readNode(run: Extract<Run, { kind: 'node' }>, signal?: AbortSignal): Promise<Buffer> {
    try {
      return await run.node.read(run.nodeOffset, run.length, signal);
    } catch (error) {
      if (!(error instanceof MediaError)) throw error;
      const { offset = run.nodeOffset, length = 0 } = error.detail;
      const shifted = { device: this.path, offset: offset - run.nodeOffset + run.offset, length };
      throw new MediaError(error.message, { ...error.detail, ...shifted });
    }
  }

  private async readData(descriptor: number, position: number, target: Buffer, offset: number): Promise<void> {
    const detail = { device: this.path, offset, length: target.length };
    const count = await new Promise<number>((resolve, reject) => {
      readDescriptor(descriptor, target, 0, target.length, position, (error, bytesRead) =>
        error ? reject(error) : resolve(bytesRead),
      );
    }).catch((error: Error) => {
      throw new MediaError(`${this.path}: its own data cannot be read: ${error.message}`, detail);
    });
    if (count < target.length) throw new MediaError(`${this.path}: its own data ends too early`, detail);
  }
}

/** Neighbours of one kind made one. */
function joinExtents(extents: NodeExtent[]): NodeExtent[] {
  const result: NodeExtent[] = [];
  for (const extent of extents) {
    const last = result.at(-1);
    if (last?.kind === extent.kind) last.length += extent.length;
    else result.push(extent);
  }
  return result;
}
