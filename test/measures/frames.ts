import type { CDPSession, Page } from 'playwright-core';

interface TraceEvent {
  name: string;
  ph: string;
  ts: number;
  dur?: number;
  /** Processor time in microseconds: without what other programs took meanwhile. */
  tdur?: number;
  pid: number;
  tid: number;
}

export interface FrameWork {
  /** Main-thread work between one frame and the next, in milliseconds. */
  frames: number[];
  /** The longest single task, in milliseconds. */
  longestTask: number;
}

/** Traces the page's main thread while something is done in it. */
export async function traceFrames(page: Page, action: () => Promise<void>): Promise<FrameWork> {
  const client = await page.context().newCDPSession(page);
  const categories = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'];
  await client.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: categories, recordMode: 'recordUntilFull' },
  });
  await action();
  const events = await endOfTrace(client);
  await client.detach();
  return frameWork(events);
}

async function endOfTrace(client: CDPSession): Promise<TraceEvent[]> {
  const events: TraceEvent[] = [];
  client.on('Tracing.dataCollected', ({ value }) => void events.push(...(value as unknown as TraceEvent[])));
  const complete = new Promise<void>((resolve) => client.once('Tracing.tracingComplete', () => resolve()));
  await client.send('Tracing.end');
  await complete;
  return events;
}

/** Sums the tasks of the renderer's main thread by the animation frames that they lie between. */
function frameWork(events: TraceEvent[]): FrameWork {
  // The renderer's main thread is the one that animates.
  const animating = events.find(({ name }) => name === 'FireAnimationFrame');
  if (!animating) throw new Error('the page drew no frame while it was traced');
  const ours = events.filter(({ pid, tid }) => pid === animating.pid && tid === animating.tid);
  const starts = ours
    .filter(({ name }) => name === 'FireAnimationFrame')
    .map(({ ts }) => ts)
    .sort((a, b) => a - b);
  const tasks = ours
    .filter(({ name, ph, dur }) => ph === 'X' && dur !== undefined && name === 'RunTask')
    .map(({ ts, dur, tdur = dur }) => ({ ts, milliseconds: tdur! / 1000 }));
  const frames = starts.slice(0, -1).map((start, index) => {
    const within = tasks.filter(({ ts }) => ts >= start - 1000 && ts < starts[index + 1]! - 1000);
    return within.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  });
  return { frames, longestTask: Math.max(0, ...tasks.map(({ milliseconds }) => milliseconds)) };
}
