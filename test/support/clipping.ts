import type { Page } from 'playwright-core';

/**
 * What a user cannot read because it does not fit: text wider than its box that is neither scrolled nor ended by an ellipsis, parts of the window
 * beyond its edge, and buttons that lie over each other. A line each, with the element.
 */
export function clippedElements(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const name = (element: Element): string => {
      const classes = [...element.classList].map((each) => `.${each}`).join('');
      return `${element.tagName.toLowerCase()}${classes} “${(element.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 40)}”`;
    };
    const { documentElement, body } = document;
    for (const root of [documentElement, body]) {
      if (root.scrollWidth > root.clientWidth)
        found.push(`the window scrolls sideways: ${root.scrollWidth} in ${root.clientWidth}`);
      if (root.scrollHeight > root.clientHeight) found.push(`the window scrolls: ${root.scrollHeight} in ${root.clientHeight}`);
    }
    const isHiddenText = (element: Element): boolean =>
      element.closest('.dw-visually-hidden, [aria-hidden="true"], .monaco-editor, .dw-sectors-mirror') !== null;
    const hasText = (element: Element): boolean =>
      [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim() !== '');
    const visible = [...body.querySelectorAll<HTMLElement>('*')].filter(
      (element) => element.checkVisibility({ visibilityProperty: true }) && !isHiddenText(element),
    );
    for (const element of visible) {
      if (!hasText(element) || element.clientWidth === 0) continue;
      const { overflowX, textOverflow, overflowY, webkitLineClamp } = getComputedStyle(element);
      const isWide = element.scrollWidth > element.clientWidth + 1;
      const isScrolled = overflowX === 'auto' || overflowX === 'scroll';
      if (isWide && !isScrolled && textOverflow !== 'ellipsis')
        found.push(`text is wider than its box, ${element.scrollWidth} in ${element.clientWidth}: ${name(element)}`);
      const isHigh = element.scrollHeight > element.clientHeight + 2;
      if (isHigh && overflowY === 'hidden' && webkitLineClamp === 'none' && !isWide)
        found.push(`text is higher than its box, ${element.scrollHeight} in ${element.clientHeight}: ${name(element)}`);
    }
    // Of what lies in front: a dialog or the palette covers the rest.
    const layer = body.querySelector('dialog[open], .dw-quick-input') ?? body;
    const controls = visible.filter(
      (element) => layer.contains(element) && element.matches('button, input, select, [role="tab"], [role="menuitem"]'),
    );
    /** What is seen of an element: parts that scroll or hide cut it off. */
    const seenBox = (element: Element): { left: number; top: number; right: number; bottom: number } => {
      let { left, top, right, bottom } = element.getBoundingClientRect();
      for (let outer = element.parentElement; outer; outer = outer.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(outer);
        const box = outer.getBoundingClientRect();
        if (overflowX !== 'visible') [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
        if (overflowY !== 'visible') [top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)];
      }
      return { left, top, right, bottom };
    };
    const boxes = controls.map((element) => ({ element, box: seenBox(element) }));
    for (const [index, { element, box }] of boxes.entries()) {
      for (const { element: other, box: second } of boxes.slice(index + 1)) {
        if (element.contains(other) || other.contains(element)) continue;
        const width = Math.min(box.right, second.right) - Math.max(box.left, second.left);
        const height = Math.min(box.bottom, second.bottom) - Math.max(box.top, second.top);
        if (width > 2 && height > 2) found.push(`${name(element)} lies over ${name(other)}`);
      }
    }
    return [...new Set(found)];
  });
}
