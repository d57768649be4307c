/**
 * What the workbench promises of its speed and size, measured on this machine and printed.
 *
 * @module-tag alone
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { diskwright } from '../support/cli';
import { bytes, deviceTree, openDevice, openSectors } from '../support/journey';
import { launchChromium } from '../support/chromium';
import { scratchFolder } from '../support/scratch';
import { requireTool } from '../support/tools';
import { waitFor } from '../support/waitFor';
import { startWorkbench } from '../support/workbench';
import { pssOfTree } from '../bench/processTree.mjs';
import { run } from '../bench/run.mjs';
import { median, percentile, print } from './figures';
import { traceFrames } from './frames';

const MIB = 1024 * 1024;
const PIB = 1024 ** 5;

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

/** A window of a browser profile that has never seen the workbench. */
async function freshPage(url: string, prepare?: (page: Page) => Promise<void>): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await prepare?.(page);
  await page.goto(url);
  return page;
}

test('a page is usable within 1.5 s after the host is up, and its first screen is less than 1 MB', async () => {
  const { url } = await startWorkbench();
  const times: number[] = [];
  let transferred = 0;
  for (let round = 0; round < 3; round++) {
    transferred = 0;
    const page = await freshPage(url, async (fresh) => {
      const client = await fresh.context().newCDPSession(fresh);
      await client.send('Network.enable');
      client.on('Network.loadingFinished', ({ encodedDataLength }) => void (transferred += encodedDataLength));
      await fresh.addInitScript(() => {
        // Usable: the devices are listed and can be chosen.
        const look = (): void => {
          const row = document.querySelector('[role=tree][aria-label=Devices] [role=treeitem]');
          if (row) Object.assign(window, { usableAt: performance.now() });
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      });
    });
    await page.waitForFunction(() => 'usableAt' in window);
    times.push(await page.evaluate(() => (window as unknown as { usableAt: number }).usableAt));
    await page.context().close();
  }
  print('page usable after', `${median(times).toFixed(0)} ms (median of ${times.length})`);
  print('first screen', `${(transferred / 1000).toFixed(0)} kB over the network, compressed`);
  expect(median(times)).toBeLessThan(1500);
  expect(transferred).toBeLessThan(1_000_000);
});

/** An NBD server of a size that no disk has. */
async function hugeDevice(size: number, ...further: string[]): Promise<string> {
  requireTool('nbdkit');
  const socket = join(await scratchFolder(), 'huge.sock');
  const server = spawn(
    'nbdkit',
    [
      '-f',
      '-U',
      socket,
      ...further.filter((word) => word.startsWith('--')),
      'pattern',
      `size=${size}`,
      ...further.filter((word) => !word.startsWith('--')),
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => server.once('close', resolve));
  onTestFinished(async () => {
    server.kill('SIGKILL');
    await ended;
  });
  await waitFor(() => existsSync(socket), 'nbdkit listens');
  return `nbd+unix:///?socket=${socket}`;
}

interface PaintTimes {
  /** Placeholders at least, in milliseconds from the click. */
  first: number;
  /** Bytes in all places. */
  bytes: number;
}

/** From the click that opens the sectors to the first frame, and to the first with bytes in it. */
async function paintTimes(page: Page): Promise<PaintTimes> {
  await page.evaluate(() => {
    const times = { first: 0, bytes: 0 };
    const look = (start: number): void => {
      const painted = document.querySelector<HTMLElement>('.dw-sectors-canvas > canvas')?.dataset['painted'];
      // What was drawn is on the screen when the next frame begins.
      const now = performance.now() - start;
      if (painted) times.first ||= now;
      if (painted !== 'bytes') return void requestAnimationFrame(() => look(start));
      times.bytes = now;
      Object.assign(window, { paintTimes: times });
    };
    window.addEventListener('click', () => look(performance.now()), { once: true, capture: true });
  });
  await openSectors(page);
  await page.waitForFunction(() => 'paintTimes' in window);
  return page.evaluate(() => (window as unknown as { paintTimes: PaintTimes }).paintTimes);
}

test('the sectors of a device of 4 PiB are painted within 100 ms, as are those of a small one', async () => {
  const small = join(await scratchFolder(), 'small.img');
  await writeFile(small, randomBytes(MIB));
  for (const [what, device] of [
    ['1 MiB', small],
    ['4 PiB', await hugeDevice(4 * PIB)],
  ] as const) {
    const times: PaintTimes[] = [];
    for (let round = 0; round < 3; round++) {
      // One that has nothing to restore.
      const workbench = await startWorkbench();
      const page = await freshPage(workbench.url);
      await deviceTree(page).waitFor();
      await openDevice(page, device);
      times.push(await paintTimes(page));
      await page.context().close();
      await workbench.dispose();
    }
    const first = median(times.map((time) => time.first));
    const read = median(times.map((time) => time.bytes));
    const figure = `${first.toFixed(0)} ms, with bytes after ${read.toFixed(0)} ms (medians of ${times.length})`;
    print(`sectors of ${what} painted after`, figure);
    // Rows are there, with placeholders where bytes are on their way; how soon those come is the device's affair, too.
    expect(first).toBeLessThan(100);
  }
});

test('scrolling leaves the main thread free: at most 8 ms a frame at the 95th percentile, no task of 50 ms', async () => {
  const { url, home } = await startWorkbench();
  const image = join(home, 'noise.img');
  await writeFile(image, randomBytes(64 * MIB));
  const page = await freshPage(url);
  await deviceTree(page).waitFor();
  await openDevice(page, image);
  await openSectors(page);
  const grid = (await bytes(page).boundingBox())!;
  const client = await page.context().newCDPSession(page);
  const scroll = async (): Promise<void> => {
    const at = { x: grid.x + 300, y: grid.y + 200, gestureSourceType: 'mouse' as const, speed: 6000 };
    await client.send('Input.synthesizeScrollGesture', { ...at, yDistance: -12_000 });
    await client.send('Input.synthesizeScrollGesture', { ...at, yDistance: 4000 });
  };
  // What is compiled at first use is not scrolling.
  await scroll();
  // Other work on the machine only adds to what the page takes: the limits are held by one of three.
  for (let left = 2; ; left--) {
    const { frames, longestTask } = await traceFrames(page, scroll);
    const p95 = percentile(frames, 0.95);
    print(
      'scrolling',
      `${p95.toFixed(1)} ms of main thread a frame (95th percentile of ${frames.length}), longest task ${longestTask.toFixed(1)} ms`,
    );
    if (left > 0 && (p95 > 8 || longestTask >= 50)) continue;
    expect(frames.length).toBeGreaterThan(60);
    expect(p95).toBeLessThanOrEqual(8);
    expect(longestTask).toBeLessThan(50);
    return;
  }
});

test('no row is blank while its bytes are on their way', async () => {
  const { url } = await startWorkbench();
  const page = await freshPage(url);
  await deviceTree(page).waitFor();
  await openDevice(page, await hugeDevice(4 * PIB, '--filter=delay', 'rdelay=100ms'));
  await openSectors(page);
  const grid = (await bytes(page).boundingBox())!;
  await page.evaluate(() => {
    const found = { frames: 0, blank: 0 };
    Object.assign(window, { found });
    const canvas = document.querySelector<HTMLCanvasElement>('.dw-sectors-canvas > canvas')!;
    const context = canvas.getContext('2d')!;
    const look = (): void => {
      requestAnimationFrame(look);
      const rowHeight = (Number(canvas.dataset['rowHeight']) * canvas.height) / canvas.clientHeight;
      // The middle of the hex column, under the column numbers.
      const [left, top] = [Math.round(canvas.width * 0.25), Math.round(rowHeight)];
      const [width, height] = [Math.round(canvas.width * 0.3), canvas.height - top];
      const pixels = new Uint32Array(context.getImageData(left, top, width, height).data.buffer);
      // Signs or placeholders of many bytes stand next to each other.
      const isBusy = (line: number): boolean => {
        let changes = 0;
        for (let at = line * width + 1; at < (line + 1) * width; at++) if (pixels[at] !== pixels[at - 1]) changes++;
        return changes >= 8;
      };
      found.frames++;
      let last = 0;
      for (let line = 0; line <= height; line++) {
        if (line < height && !isBusy(line)) continue;
        // From one row's signs to the next is less than a row, with a blank one between them far more.
        if (line - last > 1.2 * rowHeight) found.blank++;
        last = line;
      }
    };
    requestAnimationFrame(look);
  });
  const client = await page.context().newCDPSession(page);
  await client.send('Input.synthesizeScrollGesture', {
    x: grid.x + 300,
    y: grid.y + 200,
    gestureSourceType: 'mouse',
    speed: 6000,
    yDistance: -6000,
  });
  const { frames, blank } = await page.evaluate(() => (window as unknown as { found: { frames: number; blank: number } }).found);
  print('rows without a placeholder', `${blank} in ${frames} frames of a device that answers after 100 ms`);
  expect(frames).toBeGreaterThan(20);
  expect(blank).toBe(0);
});

test('an idle workbench takes less than 200 MB', async () => {
  const { url, pid } = await startWorkbench();
  const page = await freshPage(url);
  await deviceTree(page).waitFor();
  const { pss, processes } = pssOfTree(pid);
  print('idle workbench', `${(pss / 1e6).toFixed(0)} MB PSS in ${processes} processes, the browser apart`);
  expect(pss).toBeLessThan(200e6);
});

test('search takes memory that does not grow with what is searched', async () => {
  const folder = await scratchFolder();
  const noise = randomBytes(64 * MIB);
  const memory: number[] = [];
  for (const gibibytes of [1, 2]) {
    const file = join(folder, `${gibibytes}.img`);
    const image = await open(file, 'w');
    for (let at = 0; at < gibibytes * 1024; at += 64) await image.write(noise);
    await image.close();
    const env = { DISKWRIGHT_HOME: join(folder, 'home') };
    const search = [diskwright, 'search', file, '--text', 'Diskwright-needle', '--encoding', 'utf-8'];
    memory.push((await run(process.execPath, search, { env, memory: true })).pss);
  }
  print('search', `${memory.map((pss) => `${(pss / 1e6).toFixed(0)} MB`).join(' and ')} PSS at most for 1 and 2 GiB`);
  expect(memory[1]!).toBeLessThan(memory[0]! + 20e6);
});
