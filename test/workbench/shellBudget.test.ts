/**
 * What the first screen costs: bytes over the wire, and time until it can be used.
 *
 * @module-tag alone
 */
import { gzipSync } from 'node:zlib';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand, sharedBrowser } from '../support/journey';

const openWindow = sharedBrowser();
const MEGABYTE = 1_000_000;
const USABLE_MILLISECONDS = 1500;
const page = join(import.meta.dirname, '../../dist/workbench');

test('the first screen is under a megabyte, compressed', async () => {
  const files = await Promise.all(['index.html', 'main.js', 'main.css'].map((name) => readFile(join(page, name))));
  const bytes = files.reduce((total, file) => total + gzipSync(file).length, 0);
  process.stdout.write(`first screen: ${bytes} bytes in gzip\n`);
  expect(bytes).toBeLessThan(MEGABYTE);
});

test('the window can be used within 1.5 s, and loads no text editor before it is needed', async () => {
  const { page: window, workbench } = await openWindow();
  const times: number[] = [];
  for (let run = 0; run < 3; run++) {
    const begin = performance.now();
    await window.goto(workbench.origin);
    await window.getByRole('heading', { name: 'Diskwright', level: 1 }).waitFor();
    await runCommand(window, 'View: Toggle Panel');
    times.push(Math.round(performance.now() - begin));
  }
  process.stdout.write(`usable, with a command run: ${times.join(', ')} ms\n`);
  const loaded = await window.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  expect(loaded.filter((name) => /monaco|worker/.test(name))).toEqual([]);
  expect(Math.min(...times)).toBeLessThan(USABLE_MILLISECONDS);
});
