/** How fast sectors are shown and scrolled, by the browser's own trace. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openPage } from '../support/page';
import { scratchFolder } from '../support/scratch';
import { waitFor } from '../support/waitFor';
import { startWorkbench } from '../support/workbench';

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  /** Time on the processor: what others on a busy machine take from it does not count. */
  tdur?: number;
  args?: { name?: string };
}

/** A window on a device of 1 PiB whose every sector is data. */
async function setting() {
  const socket = join(await scratchFolder(), 'nbd.sock');
  const child = spawn('nbdkit', ['--foreground', '--exit-with-parent', '--readonly', '-U', socket, 'pattern', 'size=1P']);
  onTestFinished(() => void child.kill('SIGKILL'));
  await waitFor(() => existsSync(socket), 'nbdkit listens');
  const path = `nbd+unix:///?socket=${socket}`;
  const workbench = await startWorkbench();
  const { page } = await openPage(workbench.url, { viewport: { width: 1920, height: 1080 } });
  await page.getByRole('menubar').waitFor();
  const open = (): Promise<number> =>
    page.evaluate(
      async (body) => {
        const start = performance.now();
        await fetch('/api/run', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
        while (performance.now() - start < 5000) {
          await new Promise(requestAnimationFrame);
          const canvas = [...document.querySelectorAll<HTMLCanvasElement>('.dw-sectors-canvas > canvas')].at(-1);
          // Its default size is never that of the editor: it was measured and painted.
          if (canvas && canvas.width > 300) return performance.now() - start;
        }
        return Infinity;
      },
      JSON.stringify({ command: 'sectors.open', args: { path } }),
    );
  return { page, open, path, workbench };
}

test('a device of 1 PiB is painted within 100 ms of opening it', async () => {
  const { page, open, path, workbench } = await setting();
  // Known to the host, as a device in the Devices view is.
  await workbench.request('devices/open', { path });
  await page.waitForLoadState('networkidle');
  // The fastest of three: what else the machine does can only add.
  const times: number[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    times.push(await open());
    await page.getByRole('tab', { selected: true }).locator('.lm-TabBar-tabCloseIcon').first().click();
    await page.locator('.dw-sectors-canvas').waitFor({ state: 'detached' });
  }
  const milliseconds = Math.min(...times);
  process.stdout.write(`  first paint of 1 PiB: ${milliseconds.toFixed(0)} ms after the command\n`);
  expect(milliseconds).toBeLessThan(100);
});

test('scrolling: at most 8 ms of main thread a frame at the 95th percentile, no task over 50 ms, no row without a placeholder', async () => {
  const { page, open } = await setting();
  await page.waitForLoadState('networkidle');
  await open();
  const box = (await page.locator('.dw-sectors-canvas').boundingBox())!;
  await page.mouse.move(box.x + 200, box.y + 200);
  await page.waitForFunction(() => document.querySelector('.dw-sectors-mirror [role="row"]') !== null);
  const browser = page.context().browser()!;
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'] });
  for (let turn = 0; turn < 120; turn += 1) {
    await page.mouse.wheel(0, turn < 60 ? 90 : 1500);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const { frames, tasks } = mainThread(trace.traceEvents);
  const p95 = percentile(frames, 0.95);
  const longest = Math.max(...tasks);
  process.stdout.write(
    `  ${frames.length} frames: ${p95.toFixed(1)} ms at the 95th percentile; longest task ${longest.toFixed(1)} ms\n`,
  );
  expect(frames.length).toBeGreaterThan(60);
  expect(p95).toBeLessThanOrEqual(8);
  expect(longest).toBeLessThan(50);
});

const percentile = (values: number[], share: number): number =>
  [...values].sort((left, right) => left - right)[Math.floor(values.length * share)]!;

/** Milliseconds of work on the page's main thread: of each task, and of all tasks from one frame's commit to the next. */
function mainThread(events: TraceEvent[]): { frames: number[]; tasks: number[] } {
  const { pid, tid } = events.find(({ name }) => name === 'FireAnimationFrame')!;
  const own = events.filter((event) => event.pid === pid && event.tid === tid && event.ph === 'X');
  const tasks = own
    .filter(({ name }) => name === 'RunTask')
    .map(({ ts, dur = 0, tdur = dur }) => ({ start: ts, milliseconds: tdur / 1000 }));
  const commits = own.filter(({ name }) => name === 'Commit').map(({ ts, dur = 0 }) => ts + dur);
  const ends = commits.sort((left, right) => left - right);
  const frames = ends.slice(1).map((end, index) => {
    const within = tasks.filter(({ start }) => start > ends[index]! && start <= end);
    return within.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  });
  return { frames, tasks: tasks.map(({ milliseconds }) => milliseconds) };
}
