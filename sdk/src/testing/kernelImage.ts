import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ImageFile } from './imageFile';
import { runTool } from './runTool';
import { unmount } from './unmount';

/** An image of a filesystem that the kernel mounts. */
export class KernelImage extends ImageFile {
  /** Mounts the image through the kernel, does `work` in its root folder, and unmounts it. Needs root. */
  mounted(work: (folder: string) => void, options = 'loop'): this {
    const folder = join(this.folder, 'mounted');
    mkdirSync(folder, { recursive: true });
    runTool('mount', ['-o', options, this.path, folder]);
    try {
      work(folder);
    } finally {
      unmount(folder);
    }
    return this;
  }

  /** Flips one bit of the image. */
  flipBit(offset: number, bit = 0): void {
    const byte = this.peek(offset, 1);
    byte[0]! ^= 1 << bit;
    this.patch(offset, byte);
  }
}
