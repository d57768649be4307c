import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import type { Filesystem } from '@diskwright/sdk';
import type { FilesystemEntry } from '@diskwright/sdk/protocol';
import { checkTables } from '@diskwright/sdk/testing';
import { signal } from './openFat';

/** All files as the provider shows them, by path. */
export async function providerTree(filesystem: Filesystem): Promise<Map<string, FilesystemEntry>> {
  const files = new Map<string, FilesystemEntry>();
  await checkTables(filesystem.files!);
  for await (const entry of walk(filesystem)) files.set(entry.path, entry);
  return files;
}

async function* walk(filesystem: Filesystem): AsyncGenerator<FilesystemEntry, void, undefined> {
  for await (const batch of filesystem.files!.walkBatches!('root', { recursive: true, metadata: true }, signal)) yield* batch;
}

/** SHA-256 of a file's content. */
export async function contentHash(filesystem: Filesystem, node: string, image: string): Promise<string> {
  const hash = createHash('sha256');
  const file = openSync(image, 'r');
  try {
    for await (const segment of (await filesystem.files!.contentOf!(node, undefined, signal)).segments) {
      if (segment.kind !== 'extent') throw new Error(`FAT has no ${segment.kind}`);
      const bytes = Buffer.alloc(segment.length);
      readSync(file, bytes, 0, bytes.length, segment.offset);
      hash.update(bytes);
    }
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}
