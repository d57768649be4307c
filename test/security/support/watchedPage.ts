/** A window in which everything is noticed that a text should never do. */
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { launchChromium } from '../../support/chromium';

export interface WatchedPage {
  browser: Browser;
  page: Page;
  /** Asserts that no text became anything else than text so far, and that the window can still be used. */
  expectHarmless(where: string): Promise<void>;
}

/** Opens an address; the caller closes the browser. */
export async function openWatchedPage(url: string): Promise<WatchedPage> {
  const browser = await launchChromium();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { origin, host } = new URL(url);
  const trouble: string[] = [];
  await context.addInitScript(() => {
    const violations: string[] = [];
    Object.assign(window, { __violations: violations });
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) =>
      violations.push(`${violatedDirective} ${blockedURI} ${sourceFile}`),
    );
  });
  context.on('page', (opened) => {
    if (context.pages().length > 1) trouble.push(`a window was opened: ${opened.url()}`);
  });
  const page = await context.newPage();
  page.setDefaultTimeout(8_000);
  page.on('dialog', (dialog) => {
    trouble.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => trouble.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') trouble.push(message.text());
  });
  page.on('request', (request) => {
    const asked = new URL(request.url());
    const own = asked.origin === origin || asked.host === host || ['data:', 'blob:'].includes(asked.protocol);
    if (!own) trouble.push(`a request to ${request.url()}`);
  });
  page.on('download', (download) => trouble.push(`a download of ${download.url()}`));
  await page.goto(url);
  await page.getByRole('tree', { name: 'Devices' }).waitFor();
  return {
    browser,
    page,
    expectHarmless: async (where) => {
      const found = await page.evaluate(findHarm);
      expect.soft({ where, trouble: trouble.splice(0), found }).toEqual({ where, trouble: [], found: [] });
    },
  };
}

/** Runs in the page: everything that is there and should not be. */
function findHarm(): string[] {
  const found: string[] = [];
  const page = window as unknown as { __owned?: unknown; __violations: string[] };
  if (page.__owned !== undefined) found.push('a script of a text ran');
  found.push(...page.__violations.splice(0).map((violation) => `refused by the policy: ${violation}`));

  const outline = (element: Element): string => {
    const parents: string[] = [];
    for (let at: Element | null = element; at && parents.length < 5; at = at.parentElement)
      parents.unshift(`${at.localName}${at.classList.length > 0 ? `.${[...at.classList].join('.')}` : ''}`);
    return parents.join(' > ');
  };
  const made =
    'img, iframe, object, embed, base, link[href*="evil"], svg[onload], b > b, form[action], [onerror], [onload], [onx]';
  for (const element of document.querySelectorAll(made)) found.push(`an element: ${outline(element)}`);
  for (const script of document.scripts) if (!script.src.startsWith(location.origin)) found.push(`a script: ${outline(script)}`);
  for (const link of document.querySelectorAll('[href], [src], [action], [formaction], [data-href]'))
    for (const { name, value } of link.attributes) {
      if (!/^(href|src|action|formaction|data-href)$/.test(name)) continue;
      // Addresses in the hover of a text editor are links, which say where they lead.
      const isPlain = /^https?:/.test(value) && link.textContent === value && link.closest('.monaco-hover') !== null;
      if (/^\s*(javascript|data|vbscript|http:\/\/evil)/i.test(value) && !isPlain)
        found.push(`${name}=${value.slice(0, 80)}: ${outline(link)}`);
    }

  // Marks that turn the direction of what follows; and controls, which hide what stands beside them.
  const deceives = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const parent = node.parentElement!;
    if (deceives.test(node.nodeValue!) && !parent.closest('script, style, .view-lines, .suggest-widget .tree'))
      found.push(`raw text: ${outline(parent)}: ${JSON.stringify(node.nodeValue!.slice(0, 60))}`);
  }
  for (const element of document.querySelectorAll('[title], [aria-label], [placeholder], [alt], [aria-valuetext]'))
    for (const name of ['title', 'aria-label', 'placeholder', 'alt', 'aria-valuetext'])
      if (deceives.test(element.getAttribute(name) ?? '') && !element.closest('.monaco-editor'))
        found.push(`raw ${name}: ${outline(element)}: ${JSON.stringify(element.getAttribute(name)!.slice(0, 60))}`);

  // The window is no wider than it is, and every part of it still has room.
  const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
  if (scrollWidth > clientWidth || scrollHeight > clientHeight)
    found.push(`the window scrolls: ${scrollWidth} × ${scrollHeight} in ${clientWidth} × ${clientHeight}`);
  for (const part of document.querySelectorAll<HTMLElement>(
    '.dw-status-bar, .dw-quick-input, dialog[open], .lm-DockPanel, .lm-Menu',
  )) {
    const box = part.getBoundingClientRect();
    if (box.width > 0 && (box.left < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.top < -1))
      found.push(
        `outside of the window: ${outline(part)} (${Math.round(box.left)} to ${Math.round(box.right)}, down to ${Math.round(box.bottom)})`,
      );
  }
  return [...new Set(found)].slice(0, 20);
}
