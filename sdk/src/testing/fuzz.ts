import { DiskwrightError } from '../errors';
import type { ByteRange } from '../protocol/types';
import { CaseWatch } from './caseWatch';
import { GuardedSource, type ReadLimits } from './guardedSource';
import { damage } from './mutations';
import { ScratchImage } from './scratchImage';
import { SeededRandom } from './seededRandom';

/** In one image, unless the test damages it in a way of its own. */
const MOST_DAMAGES = 12;
const LIMITS: ReadLimits = { reads: 10_000, bytes: 64 * 1024 * 1024, milliseconds: 5000, memoryBytes: 256 * 1024 * 1024 };
/** By the clock, on a machine that does much else; and of the whole process, garbage included. */
const LAST_RESORT = { hangMilliseconds: 60_000, memoryBytes: 2 * 1024 ** 3 };

/** A valid image that the damaged ones are made from. */
export interface FuzzSeed {
  /** In the message of a failure: `gpt with 128 entries`. */
  name: string;
  bytes: Buffer;
  sectorSize: 512 | 4096;
  /** Where its structures lie, which are worth damaging; absent, all of it is. */
  structures?: readonly ByteRange[];
}

export interface FuzzOptions<Seed extends FuzzSeed = FuzzSeed> {
  seeds: readonly Seed[];
  /**
   * Changes the image in place; every choice must come from `random`, so that a case can be repeated. `seed` is what the image is a copy of.
   * Default: damages its structures a few times; see `damage`.
   */
  mutate?(image: ScratchImage, random: SeededRandom, seed: Seed): void;
  /**
   * Uses the parser on the damaged device and asserts what must hold of its answer. It may end well or throw a {@link DiskwrightError} (a typed
   * error); anything else thrown is a failure. What it chooses at random it takes from `random`, too.
   */
  run(source: GuardedSource, seed: Seed, random: SeededRandom): Promise<void>;
  /** Default: the environment's FUZZ_CASES, else 2000. */
  cases?: number;
  /** Default: the environment's FUZZ_SEED, else one that changes from run to run and is printed. */
  seed?: number;
  /** What one case may use; defaults 10 000 reads of 64 MiB, 5 s of processor time, 256 MiB of memory. */
  limits?: Partial<ReadLimits>;
}

/** How a run went, for the test's output and its assertions. */
export interface FuzzReport {
  seed: number;
  cases: number;
  /** Cases that ended without an error. */
  completed: number;
  /** Cases that ended in a typed error, by its code. */
  refused: Record<string, number>;
  mostReads: number;
  mostBytes: number;
  /** Of processor time. */
  slowestMilliseconds: number;
  /** Held by one case, as far as it was looked at. */
  mostMemory: number;
}

function fromEnvironment(name: string): number | undefined {
  const text = process.env[name];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/**
 * Feeds a parser with damaged images, one after the other, each made from a seed image by `mutate`. Case N of a seed is always the same image:
 * FUZZ_CASE=N with FUZZ_SEED repeats that one alone.
 * @throws Error at the first case that ends in an untyped error, reads outside of the device or goes beyond a limit; the message says how to repeat it. A
 * case that never ends, or takes memory without bounds, ends the process, after the same was printed
 */
export async function fuzzParser<Seed extends FuzzSeed>(options: FuzzOptions<Seed>): Promise<FuzzReport> {
  const seed = options.seed ?? fromEnvironment('FUZZ_SEED') ?? Date.now() % 0x100000000;
  const single = fromEnvironment('FUZZ_CASE');
  const first = single ?? 0;
  const last = single ?? (options.cases ?? fromEnvironment('FUZZ_CASES') ?? 2000) - 1;
  const limits: ReadLimits = { ...LIMITS, ...options.limits };
  const most = { mostReads: 0, mostBytes: 0, slowestMilliseconds: 0, mostMemory: 0 };
  const report: FuzzReport = { seed, cases: 0, completed: 0, refused: {}, ...most };
  process.stderr.write(`fuzzing ${last - first + 1} cases with FUZZ_SEED=${seed}\n`);
  const watch = new CaseWatch(LAST_RESORT, `FUZZ_SEED=${seed}`);
  const { stackTraceLimit } = Error;
  // A damaged image has many errors, and to find out where each was thrown takes as long as all else: only a case that fails is done again with that.
  Error.stackTraceLimit = 0;
  let index = first;
  const next = (): Promise<void> => watch.during(index, () => runCase(options, limits, report, index));
  try {
    for (; index <= last; index++) {
      await next();
      report.cases++;
    }
  } catch (error) {
    Error.stackTraceLimit = stackTraceLimit;
    await next();
    throw error;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    await watch.close();
  }
  process.stderr.write(`fuzzed ${JSON.stringify(report)}\n`);
  return report;
}

async function runCase<Seed extends FuzzSeed>(
  options: FuzzOptions<Seed>,
  limits: ReadLimits,
  report: FuzzReport,
  index: number,
): Promise<void> {
  const random = new SeededRandom(report.seed, index);
  const chosen = random.pick(options.seeds);
  const image = new ScratchImage(chosen.bytes);
  if (options.mutate) options.mutate(image, random, chosen);
  else
    for (let count = 1 + random.integer(MOST_DAMAGES); count > 0; count--)
      damage(image, chosen.structures ?? [{ offset: 0, length: image.size }], random);
  const source = new GuardedSource(image, chosen.sectorSize, limits);
  const repeat = `${chosen.name}, repeat with FUZZ_SEED=${report.seed} FUZZ_CASE=${index}`;
  try {
    await options.run(source, chosen, random);
    report.completed++;
  } catch (error) {
    if (source.violation === undefined && !(error instanceof DiskwrightError))
      throw new Error(`case ${index} (${repeat}): ${String(error)}`, { cause: error });
    if (error instanceof DiskwrightError) report.refused[error.code] = (report.refused[error.code] ?? 0) + 1;
  }
  source.judge();
  if (source.violation !== undefined) throw new Error(`case ${index} (${repeat}): ${source.violation}`);
  report.mostReads = Math.max(report.mostReads, source.reads);
  report.mostBytes = Math.max(report.mostBytes, source.bytes);
  report.slowestMilliseconds = Math.max(report.slowestMilliseconds, Math.round(source.elapsedMilliseconds));
  report.mostMemory = Math.max(report.mostMemory, source.mostMemory);
}
