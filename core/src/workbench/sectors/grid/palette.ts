import type { ByteClass } from '../model/byteClass';

/** Colours of a grid, from the theme's CSS variables. */
export interface Palette {
  background: string;
  surface: string;
  offset: string;
  offsetActive: string;
  bytes: Record<ByteClass, string>;
  strong: string;
  modified: string;
  modifiedBackground: string;
  selection: string;
  selectionInactive: string;
  focus: string;
  placeholder: string;
  hatch: string;
  hatchText: string;
  sectorLine: string;
  partitionLine: string;
  finding: string;
  hit: string;
  difference: string;
  differenceBackground: string;
  /** Of fields and bookmarks. */
  tones: readonly string[];
  tintOpacity: number;
}

const tones = ['blue', 'green', 'yellow', 'purple', 'teal', 'pink', 'orange', 'gray'];
/** A sign for each tone of bookmarks: they are told apart without colour, too. */
export const toneSigns = ['●', '■', '▲', '◆', '★', '✚', '▼', '○'];
export const toneNames = tones;
/** CSS colour of a tone, for elements. */
export const toneColour = (tone: number): string => `var(--dw-chart-${tones[tone % tones.length]})`;

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(`--dw-${name}`).trim() || '#888888';
  const highContrast = document.documentElement.dataset.theme?.startsWith('high-contrast') ?? false;
  return {
    background: colour('background'),
    surface: colour('surface'),
    offset: colour('foreground-muted'),
    offsetActive: colour('foreground-strong'),
    bytes: {
      zero: colour('foreground-disabled'),
      ones: colour('chart-purple'),
      printable: colour('foreground'),
      control: colour('chart-teal'),
      high: colour('chart-orange'),
    },
    strong: colour('foreground-strong'),
    modified: colour('changed'),
    modifiedBackground: colour('changed-background'),
    selection: colour('text-selection'),
    selectionInactive: colour('selected-inactive-background'),
    focus: colour('focus'),
    placeholder: colour('border'),
    hatch: colour('removed-background'),
    hatchText: colour('error'),
    sectorLine: colour('border'),
    partitionLine: colour('accent'),
    finding: colour('error'),
    hit: colour('warning'),
    difference: colour('removed'),
    differenceBackground: colour('removed-background'),
    tones: tones.map((tone) => colour(`chart-${tone}`)),
    tintOpacity: highContrast ? 0.3 : 0.2,
  };
}
