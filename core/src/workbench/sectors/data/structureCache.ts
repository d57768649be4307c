import type { ByteRange, StructureField, StructureInstance } from '@diskwright/sdk/protocol';
import type { HostConnection } from '../../api/host';
import { overlap } from '../model/sortedRanges';

/** A structure where it lies, with whom it was asked of. Offsets from the start of the device. */
export interface PlacedStructure {
  /** Null: the partition table; else a partition's number, 0 for the device as one volume. */
  scope: number | null;
  provider: string;
  structure: StructureInstance;
  /** Fields without parts of their own, by place. */
  leaves: readonly PlacedField[];
}

export interface PlacedField extends ByteRange {
  /** Names from the outside in. */
  path: readonly string[];
  field: StructureField;
  /** Its number within the structure: neighbours are coloured differently. */
  index: number;
}

/** One request covers so much: a screen or two, of structures as small as an inode. */
const chunkBytes = 8 * 1024;
/** What cannot be said in one answer is asked for in halves, down to this. */
const leastBytes = 512;
const chunksKept = 256;
const retryMilliseconds = 5000;

interface Chunk {
  structures: PlacedStructure[];
}

export function leavesOf(structure: StructureInstance): PlacedField[] {
  const leaves: PlacedField[] = [];
  const visit = (fields: readonly StructureField[], path: readonly string[]): void => {
    for (const field of fields) {
      const own = [...path, field.name];
      if (field.fields?.length) visit(field.fields, own);
      else leaves.push({ offset: field.offset, length: field.length, path: own, field, index: leaves.length });
    }
  };
  visit(structure.fields, []);
  return leaves;
}

/** The structures of a device around the places that were looked at. Answers from what it knows, and tells when it knows more. */
export class StructureCache {
  private readonly chunks = new Map<number, Chunk>();
  private under: { chunk: number; abort: AbortController } | null = null;
  /** By who wants them: each grid its own. */
  private readonly wantedBy = new Map<object, readonly number[]>();

  constructor(
    private readonly host: HostConnection,
    private readonly deviceId: string,
    private readonly size: number,
    private readonly onChange: () => void,
  ) {}

  /** Asks for what meets a range, one request at a time; what was asked for before and is not wanted now is dropped. */
  want(viewer: object, range: ByteRange): void {
    const first = Math.floor(range.offset / chunkBytes);
    const last = Math.floor((range.offset + Math.max(1, range.length) - 1) / chunkBytes);
    const wanted = Array.from({ length: Math.min(8, last - first + 1) }, (_, index) => first + index);
    this.wantedBy.set(viewer, wanted);
    this.dropUnwanted();
    void this.askNext();
  }

  /** This viewer is gone. */
  leave(viewer: object): void {
    this.wantedBy.delete(viewer);
    this.dropUnwanted();
  }

  /** Whether all that meets an offset is known. */
  knows(offset: number): boolean {
    return this.chunks.has(Math.floor(offset / chunkBytes));
  }

  /** Those known that meet a range, larger ones first. */
  meeting(range: ByteRange): PlacedStructure[] {
    const found = new Map<string, PlacedStructure>();
    const first = Math.floor(range.offset / chunkBytes);
    const last = Math.floor((range.offset + Math.max(1, range.length) - 1) / chunkBytes);
    for (let index = first; index <= last; index += 1) {
      for (const placed of this.chunks.get(index)?.structures ?? []) {
        const { name, offset, length } = placed.structure;
        if (overlap(placed.structure, range)) found.set(`${placed.scope} ${name} ${offset} ${length}`, placed);
      }
    }
    return [...found.values()].sort((left, right) => right.structure.length - left.structure.length);
  }

  /** The innermost structure at an offset, and its field there. */
  at(offset: number): { placed: PlacedStructure; field: PlacedField | null } | null {
    const placed = this.meeting({ offset, length: 1 }).at(-1);
    if (!placed) return null;
    const inside = (leaf: PlacedField): boolean => offset >= leaf.offset && offset < leaf.offset + leaf.length;
    return { placed, field: placed.leaves.findLast(inside) ?? null };
  }

  clear(): void {
    this.under?.abort.abort();
    this.under = null;
    this.chunks.clear();
    void this.askNext();
  }

  dispose(): void {
    this.wantedBy.clear();
    this.clear();
  }

  private get wanted(): number[] {
    return [...this.wantedBy.values()].flat();
  }

  private dropUnwanted(): void {
    if (!this.under || this.wanted.includes(this.under.chunk)) return;
    this.under.abort.abort();
    this.under = null;
  }

  private async askNext(): Promise<void> {
    if (this.under) return;
    const chunk = this.wanted.find((candidate) => !this.chunks.has(candidate) && candidate * chunkBytes < this.size);
    if (chunk === undefined) return;
    const request = { chunk, abort: new AbortController() };
    this.under = request;
    const offset = chunk * chunkBytes;
    let structures: PlacedStructure[] = [];
    try {
      const range = { offset, length: Math.min(chunkBytes, this.size - offset) };
      structures = await this.ask(range, request.abort.signal);
    } catch {
      // Bytes are shown without structures then; who looks again later may be told more.
      setTimeout(() => this.chunks.delete(chunk), retryMilliseconds);
    }
    if (this.under !== request) return;
    this.under = null;
    this.chunks.set(chunk, { structures });
    for (const known of this.chunks.keys()) {
      if (this.chunks.size <= chunksKept) break;
      this.chunks.delete(known);
    }
    this.onChange();
    void this.askNext();
  }

  private async ask(range: ByteRange, signal: AbortSignal): Promise<PlacedStructure[]> {
    const answer = await this.host.request('structures/at', { deviceId: this.deviceId, range }, signal);
    if (answer.truncated && range.length > leastBytes) {
      const half = Math.ceil(range.length / 2);
      const left = await this.ask({ offset: range.offset, length: half }, signal);
      return [...left, ...(await this.ask({ offset: range.offset + half, length: range.length - half }, signal))];
    }
    return answer.structures.map((placed) => ({ ...placed, leaves: leavesOf(placed.structure) }));
  }
}
