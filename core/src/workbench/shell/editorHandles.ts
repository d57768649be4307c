import type { DockLayout, DockPanel } from '@lumino/widgets';

const STEP_PIXELS = 16;

/** Lets the lines between groups of editors be moved by arrow keys (with Shift by single pixels), and says to screen readers where they are. */
export function makeHandlesAccessible(panel: DockPanel): void {
  panel.node.addEventListener('keydown', (event) => {
    const handle = event.target as HTMLElement;
    if (!handle.classList.contains('lm-DockPanel-handle') || event.ctrlKey || event.altKey || event.metaKey) return;
    const step = event.shiftKey ? 1 : STEP_PIXELS;
    const moves: Record<string, [x: number, y: number]> = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, -step],
      ArrowDown: [0, step],
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const place = handle.getBoundingClientRect();
    const area = panel.node.getBoundingClientRect();
    const [x, y] = [place.left - area.left + move[0], place.top - area.top + move[1]];
    (panel.layout as DockLayout).moveHandle(handle as HTMLDivElement, x, y);
  });
  panel.layoutModified.connect(() => requestAnimationFrame(() => describe(panel)));
}

/** A handle between editors side by side is a vertical line. */
function describe(panel: DockPanel): void {
  const area = panel.node.getBoundingClientRect();
  for (const handle of panel.node.querySelectorAll<HTMLElement>('.lm-DockPanel-handle')) {
    const place = handle.getBoundingClientRect();
    const vertical = handle.dataset.orientation === 'horizontal';
    const share = vertical ? (place.left - area.left) / area.width : (place.top - area.top) / area.height;
    handle.setAttribute('aria-orientation', vertical ? 'vertical' : 'horizontal');
    handle.setAttribute('aria-valuenow', String(Math.round(share * 100) || 0));
  }
}
