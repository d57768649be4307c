import { type SafeName, safeName } from './safeName';

/** Where entries go whose folders may be called otherwise than they are told: by their text, where their names are bytes, or renamed. */
export class ActualPaths {
  /** Only of those folders whose paths are not just their text. */
  private readonly folders = new Map<string, Buffer>();

  /** @param path components with slashes between them, as told */
  of(path: string, rawName: Buffer | undefined): { parent: Buffer; name: SafeName } {
    const slash = path.lastIndexOf('/');
    const parent = slash < 0 ? Buffer.alloc(0) : this.folder(path.slice(0, slash));
    return { parent, name: safeName(rawName ?? Buffer.from(path.slice(slash + 1))) };
  }

  /** From now on what is told of in this folder goes there. */
  set(path: string, actual: Buffer): void {
    if (actual.equals(Buffer.from(path))) this.folders.delete(path);
    else this.folders.set(path, actual);
  }

  private folder(path: string): Buffer {
    const known = this.folders.get(path);
    if (known) return known;
    const slash = path.lastIndexOf('/');
    const name = safeName(Buffer.from(path.slice(slash + 1)));
    if (slash < 0) return name.bytes;
    // Nothing on the way may have another name.
    if (this.folders.size === 0 && !name.changed && !/(^|\/)(\.{0,2})(\/|$)/.test(path)) return Buffer.from(path);
    return joinPath(this.folder(path.slice(0, slash)), name.bytes);
  }
}

export function joinPath(parent: Buffer, name: Buffer): Buffer {
  return parent.length === 0 ? name : Buffer.concat([parent, Buffer.from('/'), name]);
}
