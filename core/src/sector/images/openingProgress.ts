import { basename } from 'node:path';
import type { ImageProgress } from '../../common/index';

/** What is open by then is told nothing of; further on, at most so often. */
const MILLISECONDS_BETWEEN = 250;

/** Tells how far the opening of an image is, if it takes long: of one that is compressed as a whole, all is read. */
export class OpeningProgress {
  private toldAt = Date.now();
  private isShown = false;

  /** @param path as the user named what is being opened */
  constructor(
    private readonly path: string,
    private readonly tell: (progress: ImageProgress) => void,
  ) {}

  /** @param file path of what is read: the image, or a part of it */
  at(step: 'read' | 'copy', file: string, done: number, total: number): void {
    if (Date.now() - this.toldAt < MILLISECONDS_BETWEEN) return;
    this.isShown = true;
    this.tell({ path: this.path, reached: { step, file: basename(file), done, total } });
    this.toldAt = Date.now();
  }

  /** Asks for progress until that is disposed. @param measure bytes of the file that were read up to now */
  watch(file: string, total: number, measure: () => number): { dispose(): void } {
    const timer = setInterval(() => this.at('read', file, Math.min(measure(), total), total), MILLISECONDS_BETWEEN);
    return { dispose: () => clearInterval(timer) };
  }

  /** It is open, or will not be. */
  end(): void {
    if (this.isShown) this.tell({ path: this.path, reached: null });
  }
}
