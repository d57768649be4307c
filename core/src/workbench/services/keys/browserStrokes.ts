/** What a browser keeps for itself in a plain tab: no page ever sees these. In a window of its own (an application's, the desktop shell's) they arrive. */
const TAKEN: ReadonlySet<string> = new Set([
  'ctrl+n',
  'ctrl+t',
  'ctrl+w',
  'ctrl+f4',
  'ctrl+shift+n',
  'ctrl+shift+t',
  'ctrl+shift+w',
  'ctrl+tab',
  'ctrl+shift+tab',
  'ctrl+pageup',
  'ctrl+pagedown',
]);

/** Whether all strokes of a binding arrive in a plain tab. */
export const arrivesInTab = (strokes: readonly string[]): boolean => !strokes.some((stroke) => TAKEN.has(stroke));

/** Whether the page stands in a plain tab; Electron, too, calls its windows so. */
export const isPlainTab = (): boolean =>
  matchMedia('(display-mode: browser)').matches && !navigator.userAgent.includes('Electron/');
