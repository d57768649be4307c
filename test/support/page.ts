/** The workbench in Chromium. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { launchChromium } from './chromium';

export interface OpenedPage {
  page: Page;
  context: BrowserContext;
  /** Errors of the page so far: what it threw and what its console calls an error, refusals of the Content-Security-Policy among them. */
  errors: string[];
  /** One more window of the same browser, with its cookies. */
  another(url: string): Promise<OpenedPage>;
}

export interface PageOptions {
  /** 1280 by 800 unless given. */
  viewport?: { width: number; height: number };
  /** What the system prefers. */
  colorScheme?: 'light' | 'dark';
  forcedColors?: 'active' | 'none';
  /** Reduced unless given: what moves is drawn all the time. */
  reducedMotion?: 'reduce' | 'no-preference';
}

let launched: Promise<Browser> | null = null;

/** The Chromium of all tests of this process, with which it ends. Each test needs a context of its own. */
export async function sharedChromium(): Promise<Browser> {
  if (launched && !(await launched).isConnected()) launched = null;
  return (launched ??= launchChromium());
}

/** Opens an address in a window that knows nothing of earlier ones, which is closed when the test ends. */
export async function openPage(url: string, options: PageOptions = {}): Promise<OpenedPage> {
  const { viewport = { width: 1280, height: 800 }, reducedMotion = 'reduce', ...preferences } = options;
  const context = await (await sharedChromium()).newContext({ viewport, reducedMotion, ...preferences });
  onTestFinished(() => context.close());
  return openIn(context, url);
}

/** Adds to `errors` what the page throws and what its console calls an error, from now on. */
export function collectErrors(page: Page, errors: string[]): void {
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
}

async function openIn(context: BrowserContext, url: string): Promise<OpenedPage> {
  const page = await context.newPage();
  const errors: string[] = [];
  collectErrors(page, errors);
  await page.goto(url);
  return { page, context, errors, another: (next) => openIn(context, next) };
}
