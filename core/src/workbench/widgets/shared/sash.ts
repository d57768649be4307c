import './sash.css';

const STEP_PIXELS = 16;

export interface SashOptions {
  /** Of the line: a vertical one is moved left and right. */
  orientation: 'vertical' | 'horizontal';
  /** What is resized by it: `Side bar`. */
  label: string;
  /** The size of what is resized, in CSS pixels. */
  size(): number;
  minimum: number;
  maximum(): number;
  /** The part stands behind the sash (to its right, or below it), so that moving it forward makes the part smaller. */
  after: boolean;
  /** Called with sizes between minimum and maximum. */
  resize(size: number): void;
  /** Double click, or Enter: the size to go back to. */
  initial: number;
}

/** A line between two parts, which resizes one of them: by pointer, by arrow keys (Shift for finer), Home and End. */
export class Sash {
  readonly element = document.createElement('div');

  constructor(private readonly options: SashOptions) {
    const { element } = this;
    element.className = 'dw-sash';
    element.tabIndex = 0;
    element.setAttribute('role', 'separator');
    element.setAttribute('aria-orientation', options.orientation);
    element.setAttribute('aria-label', `Resize ${options.label}`);
    element.addEventListener('pointerdown', (event) => this.drag(event));
    element.addEventListener('keydown', (event) => this.onKeyDown(event));
    element.addEventListener('dblclick', () => this.set(options.initial));
    element.addEventListener('focus', () => this.tell());
    this.tell();
  }

  /** Says the size to screen readers; to be called when it changed otherwise. */
  tell(): void {
    const { options } = this;
    this.element.setAttribute('aria-valuenow', String(Math.round(options.size())));
    this.element.setAttribute('aria-valuemin', String(options.minimum));
    this.element.setAttribute('aria-valuemax', String(Math.max(options.minimum, Math.round(options.maximum()))));
  }

  private set(size: number): void {
    const { minimum, maximum, resize } = this.options;
    resize(Math.max(minimum, Math.min(size, maximum())));
    this.tell();
  }

  private drag(event: PointerEvent): void {
    if (event.button !== 0) return;
    const { element, options } = this;
    const along = ({ clientX, clientY }: PointerEvent): number => (options.orientation === 'vertical' ? clientX : clientY);
    const start = along(event);
    const size = options.size();
    const lifetime = new AbortController();
    element.setPointerCapture(event.pointerId);
    element.classList.add('dw-dragging');
    const move = (moved: PointerEvent): void => this.set(size + (options.after ? start - along(moved) : along(moved) - start));
    const end = (): void => {
      lifetime.abort();
      element.classList.remove('dw-dragging');
    };
    element.addEventListener('pointermove', move, { signal: lifetime.signal });
    element.addEventListener('lostpointercapture', end, { signal: lifetime.signal });
  }

  private onKeyDown(event: KeyboardEvent): void {
    const { orientation, after, size, minimum, maximum, initial } = this.options;
    const step = event.shiftKey ? 1 : STEP_PIXELS;
    const forward = orientation === 'vertical' ? 'ArrowRight' : 'ArrowDown';
    const back = orientation === 'vertical' ? 'ArrowLeft' : 'ArrowUp';
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === forward) this.set(size() + (after ? -step : step));
    else if (event.key === back) this.set(size() + (after ? step : -step));
    else if (event.key === 'Home') this.set(minimum);
    else if (event.key === 'End') this.set(maximum());
    else if (event.key === 'Enter') this.set(initial);
    else return;
    event.preventDefault();
  }
}
