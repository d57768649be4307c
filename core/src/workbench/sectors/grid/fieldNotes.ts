import type { ByteRange } from '@diskwright/sdk/protocol';
import type { RowGeometry } from '../model/rowGeometry';
import type { GridFont } from './gridFont';
import type { GridSource, Note } from './gridSource';
import type { Palette } from './palette';

/** Where notes are drawn; device pixels. */
export interface NotesPicture {
  source: GridSource;
  geometry: RowGeometry;
  palette: Palette;
  font: GridFont;
  visible: ByteRange;
  firstRow: number;
  /** Pixels of the first row that are scrolled out, and where rows begin. */
  scrolledPixels: number;
  top: number;
}

interface PlacedNote {
  note: Note;
  left: number;
  right: number;
  top: number;
}

/** In less, nothing of use can be read. */
const leastCharacters = 24;
const gapCharacters = 2;

/**
 * Names and values of what begins in each row, beside it, where a wide window leaves room: drawn on a canvas of its own, and only while there is something
 * to say. The structure tree says the same to those who do not see it.
 */
export class FieldNotes {
  readonly canvas = document.createElement('canvas');
  private readonly context: CanvasRenderingContext2D;
  private placed: PlacedNote[] = [];
  private rowHeight = 0;

  /** @param onChoose a note was clicked */
  constructor(onChoose: (note: Note) => void) {
    const context = this.canvas.getContext('2d', { alpha: false });
    if (!context) throw new Error('this browser has no 2D canvas');
    this.context = context;
    this.canvas.className = 'dw-sectors-notes';
    this.canvas.hidden = true;
    this.canvas.setAttribute('aria-hidden', 'true');
    this.canvas.addEventListener('pointerdown', (event) => {
      const found = event.button === 0 ? this.at(event) : undefined;
      if (!found) return;
      event.preventDefault();
      event.stopPropagation();
      onChoose(found.note);
    });
    this.canvas.addEventListener('pointermove', (event) => {
      const found = this.at(event);
      this.canvas.style.cursor = found ? 'pointer' : '';
      this.canvas.title = found?.note.text ?? '';
    });
  }

  /** @param left and @param width of the room that there is, and @param height; device pixels */
  place(left: number, width: number, height: number, { character }: GridFont): void {
    const isUseful = width >= leastCharacters * character;
    this.canvas.width = isUseful ? width : 0;
    this.canvas.height = isUseful ? height : 0;
    this.canvas.style.left = `${left / devicePixelRatio}px`;
    this.canvas.style.width = `${this.canvas.width / devicePixelRatio}px`;
    this.canvas.style.height = `${height / devicePixelRatio}px`;
  }

  paint(picture: NotesPicture): void {
    if (this.canvas.width === 0) return;
    const notes = picture.source.notes(picture.visible);
    this.canvas.hidden = notes.length === 0;
    this.placed = [];
    if (notes.length === 0) return;
    const { context, canvas } = this;
    const { palette, font, geometry } = picture;
    this.rowHeight = font.rowHeight;
    context.fillStyle = palette.background;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.font = font.css;
    context.textBaseline = 'middle';
    let [row, left] = [-1, 0];
    for (const note of notes) {
      const own = geometry.rowOf(note.offset);
      if (own !== row) [row, left] = [own, 0];
      const top = picture.top + (row - picture.firstRow) * font.rowHeight - picture.scrolledPixels;
      left = this.draw(note, left, top, picture);
    }
    context.fillStyle = palette.surface;
    context.fillRect(0, 0, canvas.width, picture.top);
    context.fillStyle = palette.sectorLine;
    context.fillRect(0, picture.top - 1, canvas.width, 1);
    context.fillStyle = palette.offset;
    context.fillText('Fields', 0, picture.top / 2);
  }

  /** @returns where the next may begin: behind the edge when there is no more room in the row */
  private draw(note: Note, left: number, top: number, { palette, font }: NotesPicture): number {
    const room = Math.floor((this.canvas.width - left) / font.character) - gapCharacters;
    if (room < 4) return this.canvas.width;
    const length = note.text.length;
    const text = length > room ? `${note.text.slice(0, room - 1)}…` : note.text;
    const right = left + (Math.min(length, room) + gapCharacters) * font.character;
    const { context } = this;
    const middle = top + font.rowHeight / 2;
    context.fillStyle = note.tone === null ? palette.finding : palette.tones[note.tone % palette.tones.length]!;
    context.fillText(note.sign, left, middle);
    context.fillStyle = note.isCurrent ? palette.strong : palette.offset;
    const textLeft = left + gapCharacters * font.character;
    context.fillText(text, textLeft, middle);
    if (note.isCurrent) context.fillRect(textLeft, top + font.rowHeight - 2, right - textLeft, 1);
    this.placed.push({ note, left, right, top });
    return right + gapCharacters * font.character;
  }

  private at(event: MouseEvent): PlacedNote | undefined {
    const x = event.offsetX * devicePixelRatio;
    const y = event.offsetY * devicePixelRatio;
    return this.placed.find(({ left, right, top }) => x >= left && x < right && y >= top && y < top + this.rowHeight);
  }
}
