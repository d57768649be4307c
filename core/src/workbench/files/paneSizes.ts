import { Sash } from '../widgets/shared/sash';

/** Below that, the details stand under the list. */
const WIDE_PIXELS = 1100;
const MINIMUM_PIXELS = 120;
/** Of the details beside the list, at first; and of a large window. */
const DETAILS_PIXELS = 420;
const DETAILS_SHARE = 0.36;

/** Pixels of the tree and of the details, which stand beside the list or below it. */
export interface SavedSizes {
  tree: number;
  beside: number;
  below: number;
}

/** The parts of the files editor, whose sizes the user changes with the lines between them. */
export class PaneSizes {
  /** The details stand beside the list. */
  isWide = true;
  private readonly sizes: SavedSizes;
  private readonly sashes: Record<keyof SavedSizes, Sash>;

  /**
   * @param element all of the editor
   * @param changed called when it is to be drawn anew
   */
  constructor(
    private readonly element: HTMLElement,
    { tree = 200, beside = DETAILS_PIXELS, below = 240 }: Partial<SavedSizes>,
    private readonly changed: () => void,
  ) {
    this.sizes = { tree, beside, below };
    this.sashes = {
      tree: this.sash('tree', 'directories', 'vertical', false),
      beside: this.sash('beside', 'details', 'vertical', true),
      below: this.sash('below', 'details', 'horizontal', true),
    };
  }

  get saved(): SavedSizes {
    return { ...this.sizes };
  }

  /** Where the details stand. */
  get details(): 'beside' | 'below' {
    return this.isWide ? 'beside' : 'below';
  }

  sizeOf(part: keyof SavedSizes): number {
    return this.sizes[part];
  }

  lineOf(part: keyof SavedSizes): HTMLElement {
    return this.sashes[part].element;
  }

  /** To be called with the width of the editor. */
  resize(width: number): void {
    const share = Math.round(width * DETAILS_SHARE);
    this.isWide = width >= WIDE_PIXELS;
    // Until the user says otherwise, what is previewed has its share of a large window.
    if (this.sizes.beside === DETAILS_PIXELS && share > DETAILS_PIXELS) this.sizes.beside = share;
    this.changed();
  }

  private sash(part: keyof SavedSizes, label: string, orientation: 'vertical' | 'horizontal', after: boolean): Sash {
    return new Sash({
      orientation,
      label,
      after,
      initial: this.sizes[part],
      minimum: MINIMUM_PIXELS,
      maximum: () => {
        const { width, height } = this.element.getBoundingClientRect();
        return (orientation === 'vertical' ? width : height) - 2 * MINIMUM_PIXELS;
      },
      size: () => this.sizes[part],
      resize: (size) => {
        this.sizes[part] = size;
        this.changed();
      },
    });
  }
}
