import { Sash } from '../widgets/shared/sash';

/** Which of the parts are shown, and how large; in CSS pixels. */
export interface FrameState {
  sidebar: { visible: boolean; size: number };
  secondary: { visible: boolean; size: number };
  panel: { visible: boolean; size: number };
}
type Part = keyof FrameState;

/** The elements of the window's parts, from top to bottom and left to right. */
export interface FrameParts {
  menuBar: HTMLElement;
  banner: HTMLElement;
  activityBar: HTMLElement;
  sidebar: HTMLElement;
  editors: HTMLElement;
  panel: HTMLElement;
  secondary: HTMLElement;
  statusBar: HTMLElement;
}

const INITIAL: FrameState = {
  sidebar: { visible: true, size: 270 },
  secondary: { visible: false, size: 300 },
  panel: { visible: false, size: 240 },
};
const MINIMUM: Record<Part, number> = { sidebar: 170, secondary: 200, panel: 100 };
/** What is left to the editors, whatever the parts around them want. */
const EDITOR_WIDTH = 300;
const EDITOR_HEIGHT = 140;

/** Lays the parts of the window out, with lines between them that can be moved. */
export class Frame {
  readonly element = document.createElement('div');
  private state: FrameState = structuredClone(INITIAL);
  /** Parts that have nothing to show now, and take no room whatever is kept of them. */
  private readonly vacant = new Set<Part>();
  private readonly sashes: Record<Part, Sash>;
  private readonly middle = document.createElement('div');
  private readonly centre = document.createElement('div');

  constructor(
    private readonly parts: FrameParts,
    private readonly onChange: () => void,
  ) {
    this.element.className = 'dw-frame';
    this.middle.className = 'dw-frame-middle';
    this.centre.className = 'dw-frame-centre';
    this.sashes = {
      sidebar: this.sash('sidebar', 'side bar', 'vertical', false),
      secondary: this.sash('secondary', 'secondary side bar', 'vertical', true),
      panel: this.sash('panel', 'panel', 'horizontal', true),
    };
    this.centre.append(parts.editors, this.sashes.panel.element, parts.panel);
    this.middle.append(
      parts.activityBar,
      parts.sidebar,
      this.sashes.sidebar.element,
      this.centre,
      this.sashes.secondary.element,
      parts.secondary,
    );
    this.element.append(parts.menuBar, parts.banner, this.middle, parts.statusBar);
    new ResizeObserver(() => this.apply()).observe(this.middle);
    this.apply();
  }

  isVisible(part: Part): boolean {
    return this.state[part].visible && !this.vacant.has(part);
  }

  /** What the user wants: who asks for a part sees it, with nothing in it, too. */
  setVisible(part: Part, visible: boolean): void {
    if (this.isVisible(part) === visible) return;
    this.state[part].visible = visible;
    this.vacant.delete(part);
    this.apply();
    this.onChange();
  }

  /** Whether it has something to show: while it has not, it is hidden, and then as the user left it. */
  setVacant(part: Part, vacant: boolean): void {
    if (this.vacant.has(part) === vacant) return;
    if (vacant) this.vacant.add(part);
    else this.vacant.delete(part);
    this.apply();
  }

  save(): FrameState {
    return structuredClone(this.state);
  }

  restore(saved: Partial<FrameState>): void {
    for (const part of ['sidebar', 'secondary', 'panel'] as const) {
      const { visible, size } = saved[part] ?? {};
      if (typeof visible === 'boolean') this.state[part].visible = visible;
      if (typeof size === 'number' && Number.isFinite(size)) this.state[part].size = Math.max(MINIMUM[part], size);
    }
    this.apply();
  }

  /** The sizes of today's window: what was asked for, unless there is too little room. */
  private apply(): void {
    for (const part of ['sidebar', 'secondary', 'panel'] as const) {
      const visible = this.isVisible(part);
      const element = this.parts[part];
      element.hidden = !visible;
      this.sashes[part].element.hidden = !visible;
      element.style.flexBasis = `${this.sizeOf(part)}px`;
      this.sashes[part].tell();
    }
  }

  private sizeOf(part: Part): number {
    return Math.max(MINIMUM[part], Math.min(this.state[part].size, this.maximumOf(part)));
  }

  private maximumOf(part: Part): number {
    const { width, height } = this.middle.getBoundingClientRect();
    if (width === 0) return Number.MAX_SAFE_INTEGER;
    if (part === 'panel') return height - EDITOR_HEIGHT;
    const other = part === 'sidebar' ? 'secondary' : 'sidebar';
    const taken = this.isVisible(other) ? this.state[other].size : 0;
    return width - this.parts.activityBar.offsetWidth - taken - EDITOR_WIDTH;
  }

  private sash(part: Part, label: string, orientation: 'vertical' | 'horizontal', after: boolean): Sash {
    return new Sash({
      orientation,
      label,
      after,
      minimum: MINIMUM[part],
      initial: INITIAL[part].size,
      size: () => this.state[part].size,
      maximum: () => this.maximumOf(part),
      resize: (size) => {
        this.state[part].size = size;
        this.apply();
        this.onChange();
      },
    });
  }
}
