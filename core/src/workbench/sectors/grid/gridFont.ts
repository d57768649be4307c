/** The font of a grid; sizes in device pixels. */
export interface GridFont {
  /** As a canvas takes it. */
  css: string;
  /** Width of one character. */
  character: number;
  rowHeight: number;
}

let measuring: OffscreenCanvasRenderingContext2D | null = null;

/** The fixed-width font of the theme in a size, CSS pixels. */
export function gridFont(sizePixels: number): GridFont {
  const ratio = devicePixelRatio;
  const family = getComputedStyle(document.documentElement).getPropertyValue('--dw-font-mono') || 'monospace';
  const css = `${Math.round(sizePixels * ratio)}px ${family}`;
  measuring ??= new OffscreenCanvas(1, 1).getContext('2d')!;
  measuring.font = css;
  const character = Math.max(4, Math.round(measuring.measureText('0').width));
  return { css, character, rowHeight: Math.round((sizePixels + 7) * ratio) };
}
