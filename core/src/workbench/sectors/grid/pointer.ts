import type { Disposable } from '../../api/events';
import type { RowGeometry, ScrollPlace } from '../model/rowGeometry';
import type { GridMetrics, GridPane } from './gridMetrics';

/** What mouse, touch and wheel ask of a grid. Places are CSS pixels of the canvas. */
export interface PointerTarget {
  focus(): void;
  scrollBy(pixels: number): void;
  rowHeight(): number;
  byteAt(x: number, y: number): { offset: number; pane: GridPane | null };
  press(offset: number, pane: GridPane | null, extend: boolean): void;
  drag(offset: number): void;
  menu(at: { x: number; y: number }): void;
  isSelected(offset: number): boolean;
}

/** The byte under a place of the canvas, in device pixels; over the offsets, the row's first. */
export function bytesUnder(
  metrics: GridMetrics,
  geometry: RowGeometry,
  place: ScrollPlace,
  x: number,
  y: number,
): { offset: number; pane: GridPane | null } {
  const row = place.row + Math.floor((y + place.pixels * devicePixelRatio) / metrics.rowHeight);
  const column = metrics.columnAt(x);
  const offset = geometry.clampOffset(geometry.offsetOf(Math.max(0, row)) + (column?.column ?? 0));
  return { offset, pane: column?.pane ?? null };
}

const linesPerPage = 20;
/** While a selection is held beyond the edge, it grows by itself: the faster, the further out. */
const heldMilliseconds = 50;

/** Selecting by mouse, scrolling by wheel and by a finger. */
export class GridPointer implements Disposable {
  private dragging: number | null = null;
  private held: { timer: ReturnType<typeof setInterval>; event: PointerEvent } | null = null;
  private touchY: number | null = null;
  private readonly abort = new AbortController();

  constructor(
    element: HTMLElement,
    private readonly canvas: HTMLCanvasElement,
    private readonly target: PointerTarget,
  ) {
    const { signal } = this.abort;
    element.addEventListener('wheel', (event) => this.wheel(event), { passive: false, signal });
    const surface = canvas.parentElement!;
    const own = ({ target: hit }: Event): boolean => hit === canvas || hit === surface;
    surface.addEventListener('pointerdown', (event) => own(event) && this.down(event), { signal });
    surface.addEventListener('pointermove', (event) => this.move(event), { signal });
    surface.addEventListener('pointerup', () => this.up(), { signal });
    surface.addEventListener('pointercancel', () => this.up(), { signal });
    surface.addEventListener('contextmenu', (event) => own(event) && this.contextMenu(event), { signal });
  }

  dispose(): void {
    this.release();
    this.abort.abort();
  }

  private wheel(event: WheelEvent): void {
    if (event.ctrlKey) return;
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : this.target.rowHeight();
    const pages = event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? linesPerPage : 1;
    this.target.scrollBy(event.deltaY * unit * pages);
  }

  private byteAt(event: MouseEvent): { offset: number; pane: GridPane | null } {
    const box = this.canvas.getBoundingClientRect();
    return this.target.byteAt(event.clientX - box.left, event.clientY - box.top);
  }

  private down(event: PointerEvent): void {
    this.target.focus();
    event.preventDefault();
    const { offset, pane } = this.byteAt(event);
    if (event.pointerType === 'touch') this.touchY = event.clientY;
    else if (event.button === 0) {
      this.dragging = offset;
      this.canvas.setPointerCapture(event.pointerId);
    }
    if (event.button === 0) this.target.press(offset, pane, event.shiftKey);
  }

  private move(event: PointerEvent): void {
    if (this.touchY !== null) {
      this.target.scrollBy(this.touchY - event.clientY);
      this.touchY = event.clientY;
      return;
    }
    if (this.dragging === null) return;
    this.dragTo(event);
    this.hold(event);
  }

  private dragTo(event: PointerEvent): void {
    const { offset } = this.byteAt(event);
    if (offset === this.dragging) return;
    this.dragging = offset;
    this.target.drag(offset);
  }

  private hold(event: PointerEvent): void {
    if (this.beyond(event) === 0) return this.release();
    if (this.held) this.held.event = event;
    else this.held = { event, timer: setInterval(() => this.scrollHeld(), heldMilliseconds) };
  }

  private scrollHeld(): void {
    if (!this.held) return;
    const { event } = this.held;
    this.target.scrollBy(this.beyond(event));
    this.dragTo(event);
  }

  /** Pixels below the canvas; negative above it. */
  private beyond({ clientY }: PointerEvent): number {
    const { top, bottom } = this.canvas.getBoundingClientRect();
    return clientY > bottom ? clientY - bottom : Math.min(0, clientY - top);
  }

  private release(): void {
    if (this.held) clearInterval(this.held.timer);
    this.held = null;
  }

  private up(): void {
    this.release();
    this.dragging = null;
    this.touchY = null;
  }

  private contextMenu(event: MouseEvent): void {
    event.preventDefault();
    const { offset, pane } = this.byteAt(event);
    if (!this.target.isSelected(offset)) this.target.press(offset, pane, false);
    this.target.menu({ x: event.clientX, y: event.clientY });
  }
}
