import type { Motion } from '../model/selection';

/** What a key means in a grid. */
export type GridKey =
  | { kind: 'move'; motion: Motion; extend: boolean }
  /** One digit of a byte, or a character over it. */
  | { kind: 'type'; character: string }
  | { kind: 'switchPane' }
  | { kind: 'clear' }
  | { kind: 'backspace' }
  | { kind: 'menu' };

const motions: Record<string, Motion> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  PageUp: 'pageUp',
  PageDown: 'pageDown',
  Home: 'rowStart',
  End: 'rowEnd',
};
const controlMotions: Record<string, Motion> = {
  ArrowUp: 'sectorUp',
  ArrowDown: 'sectorDown',
  Home: 'start',
  End: 'end',
};

/**
 * Null for keys that mean nothing to a grid. Tab goes from the hex to the text column, and from there on its usual way; Shift+Tab back.
 */
export function gridKeyOf(event: KeyboardEvent, pane: 'hex' | 'text'): GridKey | null {
  if (event.altKey) return null;
  if (event.ctrlKey || event.metaKey) {
    const motion = controlMotions[event.key];
    return motion ? { kind: 'move', motion, extend: event.shiftKey } : null;
  }
  const motion = motions[event.key];
  if (motion) return { kind: 'move', motion, extend: event.shiftKey };
  switch (event.key) {
    case 'Tab':
      return (pane === 'hex') === !event.shiftKey ? { kind: 'switchPane' } : null;
    case 'Escape':
      return { kind: 'clear' };
    case 'Backspace':
      return { kind: 'backspace' };
    case 'ContextMenu':
      return { kind: 'menu' };
    case 'F10':
      return event.shiftKey ? { kind: 'menu' } : null;
  }
  return event.key.length === 1 && !event.isComposing ? { kind: 'type', character: event.key } : null;
}
