/**
 * What a plugin that takes all it can get costs the others, and how it ends.
 *
 * @module-tag alone
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MeasuredHost, startMeasuredHost } from '../support/containment/startMeasuredHost';

const MEBIBYTE = 1024 * 1024;
/** For a call of another plugin, at the 99th percentile. */
const CALL_MILLISECONDS = 100;
/** 50 MiB are allowed; a tenth of it to spare. */
const GROWTH_BYTES = 45 * MEBIBYTE;
const STOPPED_MILLISECONDS = 10_000;

let host: MeasuredHost;
beforeAll(async () => {
  host = await startMeasuredHost();
});
afterAll(() => host.dispose());

function percentile(times: number[], part: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
}

test.each([
  ['a million notifications of 50 bytes', 'notifications', /more than the \d+ messages a second allowed/],
  ['a frame of 4 GiB', 'hugeFrame', /4294967296 bytes is larger than/],
  ['an endless header', 'endlessHeader', /header is longer than 1024 bytes/],
  ['a peer that never reads', 'neverReads', /asks without reading/],
  ['a busy loop', 'busyLoop', /it hangs: no answer to a heartbeat within \d+ ms/],
  ['100 000 open requests', 'openRequests', /requests allowed were open|messages a second allowed|asks without reading/],
  ['buffers without end', 'buffers', /ran out of memory: it may use \d+ MiB/],
  ['a heap without end', 'heap', /ran out of memory: it may use \d+ MiB/],
  ['a fork bomb', 'forkBomb', /tried again and again to start other programs/],
])('%s: others go on, and it is stopped', async (title, what, reason) => {
  const { before, meanwhile, growth, stoppedAfterMilliseconds, reason: shown } = await host.attack(what);
  const [control, attacked] = [before, meanwhile].map((times) => [0.5, 0.99, 1].map((part) => percentile(times, part)));
  const words = ([median, most, all]: number[]): string =>
    `p50 ${median!.toFixed(1)} ms, p99 ${most!.toFixed(1)} ms, longest ${all!.toFixed(1)} ms`;
  const stopped = stoppedAfterMilliseconds === null ? 'not stopped' : `stopped after ${Math.round(stoppedAfterMilliseconds)} ms`;
  process.stdout.write(
    `measured: ${title}: ${stopped} (${shown}); ${meanwhile.length} calls of another plugin: ${words(attacked!)} ` +
      `(before: ${words(control!)}); the host grew by ${(growth / MEBIBYTE).toFixed(1)} MiB\n`,
  );
  expect(shown).toMatch(reason);
  expect(stoppedAfterMilliseconds).toBeLessThan(STOPPED_MILLISECONDS);
  expect(growth).toBeLessThan(GROWTH_BYTES);
  // On a machine that is itself slow, what the attack adds is held to the budget.
  expect(attacked![1]! - Math.max(0, control![1]! - CALL_MILLISECONDS / 4)).toBeLessThan(CALL_MILLISECONDS);
});
