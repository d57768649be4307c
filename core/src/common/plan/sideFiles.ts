import { createHash } from 'node:crypto';
import { CancelledError, InvalidInputError, NotSupportedError, RefusedError } from '@diskwright/sdk/errors';
import { ExtentList } from '@diskwright/sdk/extents';
import type { BlobRef, DiscardStep, ExtentsRef, Plan, Step, ZeroStep } from '@diskwright/sdk/protocol';

/** One side file, open for reading. Whoever opened it closes it. */
export interface SideFile {
  readonly size: number;
  /** Reads into `target` from `position` on; the number of bytes read, 0 at the end. */
  read(target: Buffer, position: number): Promise<number>;
  close(): Promise<void>;
}

/** Where a plan's side files are found; implemented by whoever may open files. */
export interface SideFileReader {
  /** @throws InvalidInputError when there is no file of that digest */
  open(digest: string): Promise<SideFile>;
}

const CHUNK_BYTES = 1024 * 1024;
/** Extent lists are held in memory: 32 million extents. */
const MAX_EXTENT_BYTES = 512 * 1024 * 1024;

/** The side files of a plan, each checked against the digest and the length that the plan states. */
export class PlanSideFiles {
  private constructor(
    private readonly reader: SideFileReader,
    /** The extent lists by digest. */
    readonly lists: ReadonlyMap<string, ExtentList>,
  ) {}

  /**
   * Reads and checks every side file that the plan's steps name. Extent lists stay in memory (16 bytes an extent); larger bytes
   * do not.
   * @throws InvalidInputError for a missing file or a malformed list; RefusedError for one that is not what the plan says;
   * CancelledError
   */
  static async load(plan: Plan, reader: SideFileReader, signal?: AbortSignal): Promise<PlanSideFiles> {
    const lists = new Map<string, ExtentList>();
    const checked = new Set<string>();
    let extentBytes = 0;
    for (const step of plan.steps) {
      if (signal?.aborted) throw new CancelledError();
      const extents = extentsRefOf(step);
      if (extents) {
        if (!lists.has(extents.digest)) {
          extentBytes += extents.bytes;
          if (extentBytes > MAX_EXTENT_BYTES)
            throw new NotSupportedError(`the plan's extent lists have more than ${MAX_EXTENT_BYTES} bytes`);
          lists.set(extents.digest, ExtentList.fromBlob(await readWhole(reader, extents, signal)));
        }
        checkReference(extents, lists.get(extents.digest)!);
      } else if (step.kind === 'write' && typeof step.bytes !== 'string' && !checked.has(step.bytes.digest)) {
        for await (const chunk of readChecked(reader, step.bytes, signal)) void chunk;
        checked.add(step.bytes.digest);
      }
    }
    return new PlanSideFiles(reader, lists);
  }

  /** The extent list of a reference of the plan. */
  extents(reference: ExtentsRef): ExtentList {
    const list = this.lists.get(reference.digest);
    if (!list) throw new InvalidInputError(`the plan has no extent list ${reference.digest}`);
    return list;
  }

  /** What a `zero` or `discard` step clears, relative to its `target.offset`: its extents, or all of its length. */
  area(step: ZeroStep | DiscardStep): ExtentList {
    return step.extents ? this.extents(step.extents) : ExtentList.fromRanges([{ offset: 0, length: step.length }]);
  }

  /**
   * The bytes of a `write` step in chunks of at most 1 MiB, each a buffer of its own. The digest is checked once more at the end,
   * since a file can change after the plan was checked.
   */
  async *bytes(source: string | BlobRef, signal?: AbortSignal): AsyncGenerator<Buffer> {
    if (typeof source === 'string') yield Buffer.from(source, 'base64');
    else for await (const chunk of readChecked(this.reader, source, signal)) yield Buffer.from(chunk);
  }
}

/** The extent list that a step names; undefined when it names none. */
export function extentsRefOf(step: Step): ExtentsRef | undefined {
  return 'extents' in step ? step.extents : undefined;
}

/** How many bytes a `write` step writes. */
export function writeLength(bytes: string | BlobRef): number {
  return typeof bytes === 'string' ? Buffer.byteLength(bytes, 'base64') : bytes.bytes;
}

async function readWhole(reader: SideFileReader, reference: BlobRef, signal?: AbortSignal): Promise<Buffer> {
  // Memory of its own rather than of the pool: the list keeps it.
  const whole = Buffer.from(new ArrayBuffer(reference.bytes));
  let at = 0;
  for await (const chunk of readChecked(reader, reference, signal, whole)) at += chunk.length;
  return whole.subarray(0, at);
}

/**
 * Reads a side file while hashing it; with `whole`, into that, otherwise through one buffer that is used again for each chunk.
 */
async function* readChecked(
  reader: SideFileReader,
  reference: BlobRef,
  signal?: AbortSignal,
  whole?: Buffer,
): AsyncGenerator<Buffer> {
  const file = await reader.open(reference.digest);
  try {
    if (file.size !== reference.bytes) throw changed(reference, `it has ${file.size} bytes, not ${reference.bytes}`);
    const hash = createHash('sha256');
    const buffer = whole ? null : Buffer.alloc(Math.min(CHUNK_BYTES, reference.bytes));
    for (let at = 0; at < reference.bytes;) {
      if (signal?.aborted) throw new CancelledError();
      const wanted = Math.min(CHUNK_BYTES, reference.bytes - at);
      const target = whole ? whole.subarray(at, at + wanted) : buffer!.subarray(0, wanted);
      const count = await file.read(target, at);
      if (count === 0) throw changed(reference, `it ends after ${at} bytes`);
      const chunk = target.subarray(0, count);
      hash.update(chunk);
      at += count;
      yield chunk;
    }
    if (hash.digest('hex') !== reference.digest) throw changed(reference, 'its content has another digest');
  } finally {
    await file.close();
  }
}

function checkReference(reference: ExtentsRef, list: ExtentList): void {
  if (list.blob.length === reference.bytes && list.count === reference.count && list.covered === reference.covered) return;
  throw new RefusedError(
    `the extent list ${reference.digest} holds ${list.count} extents of ${list.covered} bytes, the plan says ${reference.count} of ${reference.covered}`,
  );
}

function changed(reference: BlobRef, why: string): RefusedError {
  return new RefusedError(`the plan's side file ${reference.digest} is not what the plan says: ${why}`, {
    todo: 'Make the plan again.',
  });
}
