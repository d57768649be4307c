import { Worker } from 'node:worker_threads';

const LOOKS_MILLISECONDS = 100;

/** Runs beside the parser, whose loops keep everything else in its thread from running. */
const PROGRAM = `
const { workerData: { shared, hangMilliseconds, memoryBytes, repeat } } = require('node:worker_threads');
const { writeSync } = require('node:fs');
const state = new Int32Array(shared);
let current = 0;
let since = 0;
let base = 0;
setInterval(() => {
  const running = Atomics.load(state, 0);
  const now = performance.now();
  const memory = process.memoryUsage.rss();
  if (running !== current) [current, since, base] = [running, now, memory];
  if (running === 0) return;
  const wrong =
    now - since > hangMilliseconds ? 'is not done after ' + Math.round(now - since) + ' ms'
    : memory - base > memoryBytes ? 'took ' + (memory - base) + ' bytes of memory' : null;
  if (wrong === null) return;
  writeSync(2, 'case ' + (running - 1) + ' ' + wrong + ': repeat with ' + repeat + ' FUZZ_CASE=' + (running - 1) + '\\n');
  process.kill(process.pid, 'SIGKILL');
}, ${LOOKS_MILLISECONDS});
`;

export interface CaseLimits {
  /** By the clock, of one case. */
  hangMilliseconds: number;
  /** By which the process may grow in one case. */
  memoryBytes: number;
}

/**
 * Ends the process, after saying how to repeat the case, when one does not end or takes the machine's memory: from within, a loop without an end and a
 * promise that is never kept cannot be stopped. Whoever makes it closes it.
 */
export class CaseWatch {
  private readonly state: Int32Array;
  private readonly worker: Worker;

  /** @param repeat what a case is repeated by, but for its number */
  constructor(limits: CaseLimits, repeat: string) {
    const shared = new SharedArrayBuffer(4);
    this.state = new Int32Array(shared);
    this.worker = new Worker(PROGRAM, { eval: true, execArgv: [], workerData: { shared, repeat, ...limits } });
    this.worker.unref();
  }

  async during(index: number, work: () => Promise<void>): Promise<void> {
    Atomics.store(this.state, 0, index + 1);
    try {
      await work();
    } finally {
      Atomics.store(this.state, 0, 0);
    }
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
