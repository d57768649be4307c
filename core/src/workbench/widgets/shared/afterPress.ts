/** A button of the mouse, or a finger, is down. */
let pressed = false;
addEventListener('pointerdown', () => (pressed = true), { capture: true });
for (const end of ['pointerup', 'pointercancel']) addEventListener(end, () => (pressed = false), { capture: true });

/**
 * Runs what moves other things of the page, such as the message that a field shows when it is left. While something is pressed it waits for the
 * release: otherwise what is pressed would move away from under the pointer, and the click would be lost.
 */
export function afterPress(task: () => void): void {
  if (!pressed) return task();
  const ended = new AbortController();
  const run = (): void => {
    ended.abort();
    // The click comes right behind the release.
    setTimeout(task);
  };
  for (const end of ['pointerup', 'pointercancel']) addEventListener(end, run, { signal: ended.signal });
}
