import { createHash, randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat, statfs, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RefusedError } from '@diskwright/sdk/errors';
import { formatBytes } from '@diskwright/sdk/plan';
import { makeFolder } from '../../common/files/makeFolder';
import type { ServedImageInfo } from '../../common/index';
import type { BlockNode } from '../nodes/blockNode';
import { writeFully } from '../writeFully';

/** So many copies at most; the one that was used longest ago goes first. */
const MAX_COPIES = 16;
/** Free space that is left to others. */
const SPARED_BYTES = 1024 * 1024 * 1024;
const PIECE_BYTES = 1024 * 1024;
/** Nobody writes on at a copy that was not written to for so long. */
const ABANDONED_MILLISECONDS = 60 * 60 * 1000;
/** Zeros of this length and more are holes of the copy. */
const HOLE_BYTES = 65536;
const ZEROS = Buffer.alloc(HOLE_BYTES);

/** A copy that is whole. */
export interface KeptCopy {
  path: string;
  info: ServedImageInfo;
}

/** Copies of what can be read from its beginning to its end only, such as a compressed image: sparse files, by what they were made of. */
export class KeptCopies {
  private readonly folder: string;

  constructor(dataFolder: string) {
    this.folder = join(dataFolder, 'images');
  }

  /** Names a copy by the files that it is made of, as they are now, and how they are read. */
  async keyOf(files: readonly string[], formats: readonly string[]): Promise<string> {
    const facts = await Promise.all(
      files.map(async (path) => {
        const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
        return [path, dev, ino, size, mtimeNs, ctimeNs].map(String);
      }),
    );
    return createHash('sha256')
      .update(JSON.stringify([facts, formats]))
      .digest('hex')
      .slice(0, 32);
  }

  async find(key: string): Promise<KeptCopy | null> {
    const path = this.pathOf(key);
    try {
      const info = JSON.parse(await readFile(`${path}.json`, 'utf8')) as ServedImageInfo;
      if ((await stat(path)).size !== info.size) return null;
      const now = new Date();
      await utimes(path, now, now);
      return { path, info };
    } catch {
      return null;
    }
  }

  /** Reads all of `node` into a copy. @throws RefusedError without room for it, and what reading throws */
  async make(
    key: string,
    info: ServedImageInfo,
    node: BlockNode,
    { signal, onProgress }: { signal?: AbortSignal; onProgress?(done: number): void } = {},
  ): Promise<KeptCopy> {
    makeFolder(this.folder, 0o700);
    await this.makeRoom();
    const path = this.pathOf(key);
    // Somebody else may be making the same: each makes its own, and the last to end stays.
    const part = `${path}.${randomUUID()}.part`;
    const file = await open(part, 'wx', 0o600);
    try {
      await file.truncate(node.size);
      let written = 0;
      for (let at = 0; at < node.size; at += PIECE_BYTES) {
        signal?.throwIfAborted();
        onProgress?.(at);
        const bytes = await node.read(at, Math.min(PIECE_BYTES, node.size - at), signal);
        for (let start = 0; start < bytes.length; start += HOLE_BYTES) {
          const piece = bytes.subarray(start, start + HOLE_BYTES);
          if (ZEROS.subarray(0, piece.length).equals(piece)) continue;
          if (written % (64 * PIECE_BYTES) === 0) await this.requireRoom(node);
          await writeFully(file, piece, at + start);
          written += HOLE_BYTES;
        }
      }
      // What is named as whole has to be so after a loss of power, too: of its size it was from the beginning.
      await file.datasync();
      await file.close();
      await writeFile(`${path}.json`, JSON.stringify(info), { mode: 0o600 });
      await rename(part, path);
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(part, { force: true });
      throw error;
    }
    return { path, info };
  }

  private async makeRoom(): Promise<void> {
    const all = await readdir(this.folder);
    // Of a process that was ended.
    for (const part of all.filter((name) => name.endsWith('.part'))) {
      const { mtimeMs } = await stat(join(this.folder, part));
      if (Date.now() - mtimeMs > ABANDONED_MILLISECONDS) await rm(join(this.folder, part), { force: true });
    }
    const names = all.filter((name) => /^[0-9a-f]{32}$/.test(name));
    const copies = await Promise.all(
      names.map(async (name) => ({ name, usedAt: (await stat(join(this.folder, name))).mtimeMs })),
    );
    copies.sort((a, b) => b.usedAt - a.usedAt);
    for (const { name } of copies.slice(MAX_COPIES - 1))
      for (const ending of ['', '.json']) await rm(join(this.folder, name + ending), { force: true });
  }

  private async requireRoom(node: BlockNode): Promise<void> {
    const { bavail, bsize } = await statfs(this.folder);
    if (bavail * bsize > SPARED_BYTES) return;
    throw new RefusedError(
      `${node.path} is compressed as a whole, and there is no room in ${this.folder} for what it holds, ${formatBytes(node.size)} at most`,
      { device: node.path, todo: 'Make room there, or decompress the image elsewhere and open that.' },
    );
  }

  private pathOf(key: string): string {
    return join(this.folder, key);
  }
}
