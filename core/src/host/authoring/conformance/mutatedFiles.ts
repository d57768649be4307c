import { open, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FileBytes, ScratchImage } from '@diskwright/sdk/testing';

interface MutatedFile {
  name: string;
  /** What it holds while nothing is changed. */
  base: FileBytes;
  /** What was overwritten, by offset. */
  originals: Map<number, Buffer>;
}

/**
 * The files of an image, alone in a folder, which are changed in place and put back: so none of them is copied, whatever its size. Whoever makes it owns
 * the files meanwhile, and closes it.
 */
export class MutatedFiles {
  private readonly folder: string;
  private current: string;
  private readonly files: MutatedFile[];

  /** @param paths all in one folder */
  constructor(paths: readonly string[]) {
    this.folder = this.current = dirname(paths[0]!);
    this.files = paths.map((path) => ({ name: basename(path), base: new FileBytes(path), originals: new Map() }));
  }

  /** Changeable images of the files, in their order. */
  scratches(): ScratchImage[] {
    return this.files.map(({ base }) => new ScratchImage(base));
  }

  /**
   * Under a name of its own each time: the host rightly keeps what it knows of one.
   * @returns the paths
   */
  async place(index: number): Promise<string[]> {
    const place = `${this.folder} mutated ${index}`;
    await rename(this.current, place);
    this.current = place;
    return this.files.map(({ name }) => join(place, name));
  }

  /** Writes what was changed since, in the order of the files. */
  async write(scratches: readonly ScratchImage[]): Promise<void> {
    for (const [index, { name, base, originals }] of this.files.entries()) {
      const pieces = scratches[index]!.changes();
      for (const { offset, bytes } of pieces) {
        if (originals.has(offset)) continue;
        const original = Buffer.alloc(bytes.length);
        base.copy(original, 0, offset, offset + bytes.length);
        originals.set(offset, original);
      }
      await patch(join(this.current, name), pieces);
    }
  }

  async restore(): Promise<void> {
    for (const { name, originals } of this.files) {
      await patch(
        join(this.current, name),
        Array.from(originals, ([offset, bytes]) => ({ offset, bytes })),
      );
      originals.clear();
    }
  }

  close(): void {
    for (const { base } of this.files) base.close();
  }
}

async function patch(path: string, pieces: readonly { offset: number; bytes: Buffer }[]): Promise<void> {
  if (pieces.length === 0) return;
  const file = await open(path, 'r+');
  try {
    for (const { offset, bytes } of pieces) await file.write(bytes, 0, bytes.length, offset);
  } finally {
    await file.close();
  }
}
