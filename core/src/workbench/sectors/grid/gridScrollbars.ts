import type { RowGeometry } from '../model/rowGeometry';
import { lensAround, type Track } from '../model/scrollTrack';
import type { Mark } from './gridSource';
import { Scrollbar } from './scrollbar';

/** What the scrollbars of a grid show. */
export interface ScrollbarsView {
  geometry: RowGeometry;
  /** The first visible one. */
  row: number;
  visibleRows: number;
  marks: readonly Mark[];
}

const lensWidthPixels = 14;

/** One scrollbar over the whole device, and one, the lens, over the surroundings of what is seen: at 16 TiB a pixel of the first is 17 GB. */
export class GridScrollbars {
  readonly elements: readonly HTMLElement[];
  private readonly whole: Scrollbar;
  private readonly lens: Scrollbar;
  /** While the lens is held it stands still: it must not move under the hand. */
  private heldTrack: Track | null = null;
  private lensTrack: Track | null = null;
  private isStale = true;
  private drawnLensRow = -1;

  /** @param onScroll to a first row; @param onChange it is to be drawn anew */
  constructor(onScroll: (row: number) => void, onChange: () => void) {
    this.whole = new Scrollbar('Whole device', onScroll);
    this.lens = new Scrollbar('Surroundings of this place', onScroll, (held) => {
      this.heldTrack = held ? this.lensTrack : null;
      this.markStale();
      onChange();
    });
    this.lens.element.classList.add('dw-sectors-lens');
    this.lens.element.style.width = `${lensWidthPixels}px`;
    this.elements = [this.lens.element, this.whole.element];
  }

  /** To be called when the marks are others. */
  markStale(): void {
    this.isStale = true;
  }

  /** To be called when sizes, rows or colours may be others. */
  measure(): void {
    for (const bar of [this.whole, this.lens]) bar.measure();
    this.markStale();
  }

  paint({ geometry, row, visibleRows, marks }: ScrollbarsView): void {
    const { rowCount } = geometry;
    this.whole.show({ track: { heightPixels: this.whole.heightPixels, firstRow: 0, rowCount }, row, visibleRows });
    const track = this.heldTrack ?? lensAround(rowCount, this.lens.heightPixels, row, visibleRows);
    this.lensTrack = track;
    this.lens.show({ track, row, visibleRows });
    const rowOf = (offset: number): number => geometry.rowOf(offset);
    if (this.isStale) this.whole.drawMarks(marks, rowOf, rowCount);
    const hasLensMoved = track.firstRow !== this.drawnLensRow && marks.length > 0;
    if (this.isStale || hasLensMoved) this.lens.drawMarks(marks, rowOf, rowCount);
    this.drawnLensRow = track.firstRow;
    this.isStale = false;
  }

  /** For screen readers: the offset of the first row. */
  tell(words: string): void {
    for (const bar of [this.whole, this.lens]) bar.tell(words);
  }
}
