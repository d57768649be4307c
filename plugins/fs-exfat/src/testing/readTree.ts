import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import type { Filesystem } from '@diskwright/sdk';
import type { FilesystemEntry } from '@diskwright/sdk/protocol';
import { signal } from './openExfat';

/** All files, in the order in which they are told. */
export async function* walk(filesystem: Filesystem): AsyncGenerator<FilesystemEntry, void, undefined> {
  for await (const batch of filesystem.files!.walkBatches!('root', { recursive: true, metadata: true }, signal)) yield* batch;
}

/** SHA-256 of a file's content. */
export async function contentHash(filesystem: Filesystem, node: string, image: string): Promise<string> {
  const hash = createHash('sha256');
  const file = openSync(image, 'r');
  try {
    for await (const segment of (await filesystem.files!.contentOf!(node, undefined, signal)).segments) {
      if (segment.kind === 'inline' || segment.kind === 'served') throw new Error(`exFAT has no ${segment.kind}`);
      const bytes = Buffer.alloc(segment.length);
      if (segment.kind === 'extent') readSync(file, bytes, 0, bytes.length, segment.offset);
      hash.update(bytes);
    }
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}
