import { ExtentList, ExtentListParser } from '@diskwright/sdk/extents';
import { FailedError, InvalidInputError } from '@diskwright/sdk/errors';
import type { BlobRef, ExtentsRef } from '@diskwright/sdk/protocol';
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../common/files/makeFolder';

export type BlobKind = 'extents' | 'bytes';

/** The largest blob, bytes: an extent list of 16 million extents, or what a plan writes at once. */
export const MAX_BLOB_BYTES = 256 * 1024 * 1024;
/** All blobs of a session together. */
const MAX_STORE_BYTES = 8 * 1024 * 1024 * 1024;
const DIGEST = /^[0-9a-f]{64}$/;

/**
 * Content-addressed blobs in a folder of this session's own, which is made with the first blob and removed by {@link dispose}. A
 * blob is a file under its SHA-256, in place only when it is whole. Nothing is flushed: with the session all is gone, and {@link BlobStore.exportTo}
 * makes durable what is to last.
 */
export class BlobStore {
  private storedBytes = 0;
  private isMade = false;
  /** Views page through one list at a time. */
  private lastExtents: { digest: string; list: ExtentList } | null = null;

  constructor(private readonly folder: string) {}

  /**
   * Stores what `pieces` yields. An extent list is checked whole.
   * @throws InvalidInputError for a malformed extent list or too many bytes
   */
  async put(kind: BlobKind, pieces: AsyncIterable<Buffer>, expected?: string): Promise<BlobRef | ExtentsRef> {
    // Not a second time: what comes after the end leaves nothing.
    if (!this.isMade) makeFolder(this.folder, 0o700);
    this.isMade = true;
    const temporary = join(this.folder, `incoming-${randomUUID()}`);
    const file = await open(temporary, 'wx', 0o600);
    try {
      const extents = kind === 'extents' ? new ExtentListParser() : null;
      const { digest, bytes } = await this.receive(file, pieces, extents);
      if (expected !== undefined && digest !== expected)
        throw new InvalidInputError(`blob ${expected} holds something else: its digest is ${digest}`);
      extents?.end();
      const reference = extents ? { digest, bytes, count: extents.count, covered: extents.covered } : { digest, bytes };
      await rename(temporary, this.pathOf(digest));
      this.storedBytes += bytes;
      return reference;
    } finally {
      await file.close();
      await rm(temporary, { force: true });
    }
  }

  /** Stores an extent list that was made here. */
  async putExtents(list: ExtentList): Promise<ExtentsRef> {
    await this.put('extents', oneBuffer(list.blob));
    return list.reference();
  }

  /** Path of a stored blob, for streaming. @throws InvalidInputError when there is none */
  async locate(digest: string): Promise<string> {
    const path = this.pathOf(digest);
    await stat(path).catch(() => {
      throw new InvalidInputError(`there is no blob ${digest}`, { todo: 'Make the plan again.' });
    });
    return path;
  }

  async get(digest: string, signal?: AbortSignal): Promise<Buffer> {
    return readFile(await this.locate(digest), { signal });
  }

  async extents(digest: string, signal?: AbortSignal): Promise<ExtentList> {
    if (this.lastExtents?.digest === digest) return this.lastExtents.list;
    const list = ExtentList.fromBlob(await this.get(digest, signal));
    this.lastExtents = { digest, list };
    return list;
  }

  /** Copies each blob to `folder/<digest>`, durably and in place only when whole; what is there already stays. */
  async exportTo(digests: readonly string[], folder: string, signal?: AbortSignal): Promise<void> {
    makeFolder(folder, 0o700);
    for (const digest of digests) {
      const pieces = createReadStream(await this.locate(digest), { signal });
      await copyChecked(pieces, digest, folder);
    }
    await syncFolder(folder);
  }

  async importFrom(blobs: readonly (BlobRef | ExtentsRef)[], folder: string, signal?: AbortSignal): Promise<void> {
    for (const blob of blobs) {
      signal?.throwIfAborted();
      if (!DIGEST.test(blob.digest)) throw new InvalidInputError(`${blob.digest} is no digest`);
      const kind = 'covered' in blob ? 'extents' : 'bytes';
      const path = join(folder, blob.digest);
      const found = await this.put(kind, createReadStream(path, { signal }), blob.digest).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT')
          throw new InvalidInputError(`${path} is missing`, { todo: 'Copy the whole folder of the plan.' });
        throw error;
      });
      const differs =
        found.bytes !== blob.bytes ||
        ('covered' in blob && 'covered' in found && (found.covered !== blob.covered || found.count !== blob.count));
      if (differs) throw new InvalidInputError(`${path} is not as its reference says`);
    }
  }

  /** Removes all blobs. */
  async dispose(): Promise<void> {
    this.lastExtents = null;
    await rm(this.folder, { recursive: true, force: true });
  }

  private async receive(
    file: FileHandle,
    pieces: AsyncIterable<Buffer>,
    extents: ExtentListParser | null,
  ): Promise<{ digest: string; bytes: number }> {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const piece of pieces) {
      bytes += piece.length;
      if (bytes > MAX_BLOB_BYTES) throw new InvalidInputError(`a blob is larger than ${MAX_BLOB_BYTES} bytes`);
      if (this.storedBytes + bytes > MAX_STORE_BYTES)
        throw new FailedError(`the blobs of this session are larger than ${MAX_STORE_BYTES} bytes`);
      hash.update(piece);
      extents?.take(piece);
      await file.writeFile(piece);
    }
    return { digest: hash.digest('hex'), bytes };
  }

  private pathOf(digest: string): string {
    if (!DIGEST.test(digest)) throw new InvalidInputError(`${digest} is no digest`);
    return join(this.folder, digest);
  }
}

/** Temporary file, flush, rename. @throws FailedError when the pieces do not hash to `digest` */
async function copyChecked(pieces: AsyncIterable<Buffer>, digest: string, folder: string): Promise<void> {
  const temporary = join(folder, `.${digest}-${randomUUID()}`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    const hash = createHash('sha256');
    for await (const piece of pieces) {
      hash.update(piece);
      await file.writeFile(piece);
    }
    if (hash.digest('hex') !== digest) throw new FailedError(`blob ${digest} was damaged where it was kept`);
    await file.sync();
    await rename(temporary, join(folder, digest));
  } finally {
    await file.close();
    await rm(temporary, { force: true });
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function* oneBuffer(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
