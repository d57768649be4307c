import type { FilesystemEntry } from '@diskwright/sdk/protocol';
import { keptName } from '../listing/keptName';

/**
 * The bytes of paths, as `extract` gives them. Names that are no text have theirs beside it, once, where they are listed: those of directories are kept for what
 * lies below.
 */
export class RawPaths {
  private readonly directories = new Map<string, Buffer>();

  /** Of an entry of a walk, in its order, relative to where the walk began. */
  of({ path, rawName, type }: Pick<FilesystemEntry, 'path' | 'rawName' | 'type'>): Buffer {
    const kept = keptName({ path, rawName });
    const slash = path.lastIndexOf('/');
    const parent = slash < 0 ? undefined : this.directories.get(path.slice(0, slash));
    if (parent === undefined && kept === undefined) return Buffer.from(path, 'utf8');
    const name = kept ?? Buffer.from(path.slice(slash + 1), 'utf8');
    const before = slash < 0 ? Buffer.alloc(0) : Buffer.concat([parent ?? Buffer.from(path.slice(0, slash), 'utf8'), SLASH]);
    const bytes = Buffer.concat([before, name]);
    if (type === 'directory') this.directories.set(path, bytes);
    return bytes;
  }
}

const SLASH = Buffer.from('/');
