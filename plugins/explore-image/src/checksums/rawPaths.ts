import type { FilesystemEntry } from '@diskwright/sdk/protocol';

/** The bytes of paths. Names that are no text have theirs beside it, once, where they are listed: those of directories are kept for what lies below. */
export class RawPaths {
  private readonly directories = new Map<string, Buffer>();

  /** Of an entry of a walk, in its order, relative to where the walk began. */
  of({ path, rawName, type }: FilesystemEntry): Buffer {
    const slash = path.lastIndexOf('/');
    const parent = slash < 0 ? undefined : this.directories.get(path.slice(0, slash));
    if (parent === undefined && rawName === undefined) return Buffer.from(path, 'utf8');
    const name = rawName === undefined ? Buffer.from(path.slice(slash + 1), 'utf8') : Buffer.from(rawName, 'base64');
    const before = slash < 0 ? Buffer.alloc(0) : Buffer.concat([parent ?? Buffer.from(path.slice(0, slash), 'utf8'), SLASH]);
    const bytes = Buffer.concat([before, name]);
    if (type === 'directory') this.directories.set(path, bytes);
    return bytes;
  }
}

const SLASH = Buffer.from('/');
