import { checkRange } from '@diskwright/sdk/block';
import { DeviceGoneError, FailedError, MediaError } from '@diskwright/sdk/errors';
import type { SectorSize } from '@diskwright/sdk/protocol';
import { close } from 'node:fs';
import { promisify } from 'node:util';
import { abortable, throwIfCancelled } from '../../common/flow/abortable';
import { native } from '../native';
import type { BlockNode, DescriptorWindow, NodeExtent, NodeSegment } from './blockNode';
import { forgetDescription, storageOfDescriptor } from './keptDescriptions';
import { hangingRequests } from './hangingRequests';
import { locateMediaError } from './locateMediaError';
import { type Attempt, failedOffset, systemError } from './nodeErrors';

const MAX_RUNS = 4096;
const closeDescriptor = promisify(close);

/** What a descriptor's node is made of. `size` is a multiple of `sectorSize`, except of a file that is opened to its last byte. */
export interface DescriptorShape {
  path: string;
  descriptor: number;
  size: number;
  sectorSize: SectorSize;
  physicalSectorSize: number;
}

/** A regular file or block device by its descriptor, which it owns. Has no way to write. */
export class DescriptorNode implements BlockNode {
  readonly path: string;
  readonly size: number;
  readonly sectorSize: SectorSize;
  readonly physicalSectorSize: number;
  /** For the native engine; never closed by anyone else. */
  readonly descriptor: number;
  readonly window: DescriptorWindow = {
    offset: 0,
    use: (action) => this.use(() => action(this.descriptor)),
  };
  /** Whether requests may change the device. */
  protected readonly changes: boolean = false;
  private inUse = 0;
  private onUnused: (() => void) | null = null;
  private closing: Promise<void> | null = null;

  constructor(shape: DescriptorShape) {
    this.path = shape.path;
    this.descriptor = shape.descriptor;
    this.size = shape.size;
    this.sectorSize = shape.sectorSize;
    this.physicalSectorSize = shape.physicalSectorSize;
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    checkRange(offset, length, this.size, this.path);
    throwIfCancelled(signal);
    if (length === 0) return Buffer.alloc(0);
    const attempt: Attempt = { device: this.path, verb: 'read', offset, length };
    try {
      return await abortable(this.readOnce(offset, length), signal);
    } catch (error) {
      const typed = systemError(error, attempt);
      if (!(typed instanceof MediaError)) throw typed;
      const from = failedOffset(error, attempt);
      throw await locateMediaError(typed, from, offset + length - from, this.sectorSize, (at, count) => {
        throwIfCancelled(signal);
        return abortable(this.readOnce(at, count), signal).catch((again: unknown) =>
          Promise.reject(systemError(again, { ...attempt, offset: at, length: count })),
        );
      });
    }
  }

  async extents(offset: number, length: number, signal?: AbortSignal): Promise<NodeExtent[]> {
    checkRange(offset, length, this.size, this.path);
    throwIfCancelled(signal);
    if (length === 0) return [];
    const { ranges, next } = await abortable(
      this.use(() => native.dataRanges(this.descriptor, offset, length, MAX_RUNS / 2)),
      signal,
    );
    return withHoles(ranges, offset, next ?? offset + length);
  }

  segments(offset: number, length: number): NodeSegment[] {
    checkRange(offset, length, this.size, this.path);
    if (length === 0) return [];
    return [{ offset, length, kind: 'descriptor', descriptor: this.descriptor, descriptorOffset: offset }];
  }

  dispose(): Promise<void> {
    this.closing ??= this.closeWhenUnused();
    return this.closing;
  }

  /** Keeps the descriptor open while `action` works with it. @throws DeviceGoneError after {@link dispose} */
  protected async use<T>(action: () => Promise<T>): Promise<T> {
    if (this.closing) throw new DeviceGoneError(`${this.path} was closed`, { device: this.path });
    this.inUse++;
    try {
      return await action();
    } finally {
      this.inUse--;
      if (this.inUse === 0) this.onUnused?.();
    }
  }

  private async readOnce(offset: number, length: number): Promise<Buffer> {
    const bytes = await this.use(() => native.read(this.descriptor, offset, length));
    if (bytes.length === length) return bytes;
    throw new FailedError(`${this.path} became shorter while it was read: it ends at ${offset + bytes.length}`, {
      device: this.path,
      offset,
      length,
    });
  }

  private async closeWhenUnused(): Promise<void> {
    if (this.inUse > 0) {
      hangingRequests.add({
        path: this.path,
        storage: storageOfDescriptor(this.descriptor),
        offset: null,
        writes: this.changes,
        since: Date.now(),
        isOut: () => this.inUse > 0,
      });
      await new Promise<void>((resolve) => (this.onUnused = resolve));
    }
    forgetDescription(this.descriptor);
    await closeDescriptor(this.descriptor);
  }
}

/** Runs of data with the holes between them, from `start` to `end`. */
function withHoles(data: readonly { offset: number; length: number }[], start: number, end: number): NodeExtent[] {
  const extents: NodeExtent[] = [];
  let at = start;
  for (const range of data) {
    if (range.offset > at) extents.push({ offset: at, length: range.offset - at, kind: 'hole' });
    extents.push({ offset: range.offset, length: range.length, kind: 'data' });
    at = range.offset + range.length;
  }
  if (at < end) extents.push({ offset: at, length: end - at, kind: 'hole' });
  return extents;
}
