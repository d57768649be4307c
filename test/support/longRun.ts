/**
 * How much a campaign (cuts, kills, faults, fuzzing) does: a short sample in each test run, all of it with `npm run test:long`. A
 * seed, which is printed and can be given as DISKWRIGHT_SEED, tells every random choice. What came of it is kept for
 * `node scripts/evidence.mjs`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from './cli';

export const isLong = process.env.DISKWRIGHT_LONG === '1';

export const seed = Number(process.env.DISKWRIGHT_SEED ?? Date.now() % 2 ** 32);

/** How many cases to do. */
export function budget(short: number, long: number): number {
  return isLong ? long : short;
}

/** A small generator of numbers from 0 to 1 (mulberry32), so that a seed tells the whole run. */
export function generator(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

/** Minutes that a loop of cases may take in a long run, for want of time: it then has done a random part of them. */
const minutes = Number(process.env.DISKWRIGHT_MINUTES ?? Infinity);

/** The items, as many as there is time for. */
export function* inTime<T>(items: Iterable<T>): Generator<T> {
  const end = performance.now() + minutes * 60_000;
  for (const item of items) {
    yield item;
    if (performance.now() > end) return;
  }
}

/** At most `count` of the items, evenly spread, the first of them chosen by the generator; all of them, shuffled, in a long run. */
export function sample<T>(items: readonly T[], count: number, random: () => number): T[] {
  if (isLong) return shuffled(items, random);
  if (items.length <= count) return [...items];
  const stride = items.length / count;
  const start = random() * stride;
  return Array.from({ length: count }, (_, index) => items[Math.floor(start + index * stride)]!);
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const places = items.map((item) => ({ item, place: random() }));
  return places.sort((a, b) => a.place - b.place).map(({ item }) => item);
}

/** A line of the table of campaigns in docs/evidence.md. */
export interface CampaignLine {
  operation: string;
  /** Where it was cut, and how. */
  cuts: string;
  cases: number;
  /** How many there are, where not all were done. */
  of?: number;
  outcome: string;
}

/** Keeps what came of a campaign, for `node scripts/evidence.mjs`; only a long run counts. */
export function keepEvidence(campaign: string, lines: readonly CampaignLine[]): void {
  for (const { operation, cuts, cases, outcome } of lines)
    process.stdout.write(`${campaign}: ${operation}: ${cuts}: ${cases} cases: ${outcome} (seed ${seed})\n`);
  if (!isLong) return;
  const folder = join(projectFolder, '.cache', 'evidence');
  mkdirSync(folder, { recursive: true });
  const document = { campaign, date: new Date().toISOString().slice(0, 10), seed, lines };
  writeFileSync(join(folder, `${campaign.replace(/\W+/g, '-')}.json`), `${JSON.stringify(document, null, 1)}\n`);
}
