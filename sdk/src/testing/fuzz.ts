import { DiskwrightError } from '../errors';
import { GuardedSource, type ReadLimits } from './guardedSource';
import { ScratchImage } from './scratchImage';
import { SeededRandom } from './seededRandom';

/** A valid image that the damaged ones are made from. */
export interface FuzzSeed {
  /** In the message of a failure: `gpt with 128 entries`. */
  name: string;
  bytes: Buffer;
  sectorSize: 512 | 4096;
}

export interface FuzzOptions {
  seeds: readonly FuzzSeed[];
  /**
   * Changes the image in place; every choice must come from `random`, so that a case can be repeated. `seed` is what the image is a copy of.
   * See `damage` for changes that need no knowledge of the format.
   */
  mutate(image: ScratchImage, random: SeededRandom, seed: FuzzSeed): void;
  /**
   * Uses the parser on the damaged device and asserts what must hold of its answer. It may end well or throw a {@link DiskwrightError} (a typed
   * error); anything else thrown is a failure.
   */
  run(source: GuardedSource, seed: FuzzSeed): Promise<void>;
  /** Default: the environment's FUZZ_CASES, else 10 000. */
  cases?: number;
  /** Default: the environment's FUZZ_SEED, else one that changes from run to run and is printed. */
  seed?: number;
  /** What one case may use; defaults 10 000 reads, 64 MiB, 2 s. */
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
  slowestMilliseconds: number;
}

function fromEnvironment(name: string): number | undefined {
  const text = process.env[name];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/**
 * Feeds a parser with damaged images, one after the other, each made from a seed image by `mutate`. Case N of a seed is always the same image:
 * FUZZ_CASE=N with FUZZ_SEED repeats that one alone.
 * @throws Error at the first case that ends in an untyped error, reads outside of the device or goes beyond a limit; the message says how to repeat it
 */
export async function fuzzParser(options: FuzzOptions): Promise<FuzzReport> {
  const seed = options.seed ?? fromEnvironment('FUZZ_SEED') ?? Date.now() % 0x100000000;
  const single = fromEnvironment('FUZZ_CASE');
  const first = single ?? 0;
  const last = single ?? (options.cases ?? fromEnvironment('FUZZ_CASES') ?? 10_000) - 1;
  const limits: ReadLimits = { reads: 10_000, bytes: 64 * 1024 * 1024, milliseconds: 2000, ...options.limits };
  const report: FuzzReport = { seed, cases: 0, completed: 0, refused: {}, mostReads: 0, mostBytes: 0, slowestMilliseconds: 0 };
  process.stderr.write(`fuzzing ${last - first + 1} cases with FUZZ_SEED=${seed}\n`);
  for (let index = first; index <= last; index++) {
    await runCase(options, limits, report, index);
    report.cases++;
  }
  return report;
}

async function runCase(options: FuzzOptions, limits: ReadLimits, report: FuzzReport, index: number): Promise<void> {
  const random = new SeededRandom(report.seed, index);
  const chosen = random.pick(options.seeds);
  const image = new ScratchImage(chosen.bytes);
  options.mutate(image, random, chosen);
  const source = new GuardedSource(image, chosen.sectorSize, limits);
  const repeat = `${chosen.name}, repeat with FUZZ_SEED=${report.seed} FUZZ_CASE=${index}`;
  try {
    await options.run(source, chosen);
    report.completed++;
  } catch (error) {
    if (source.violation === undefined && !(error instanceof DiskwrightError))
      throw new Error(`case ${index} (${repeat}): ${String(error)}`, { cause: error });
    if (error instanceof DiskwrightError) report.refused[error.code] = (report.refused[error.code] ?? 0) + 1;
  }
  const elapsed = source.elapsedMilliseconds;
  if (source.violation === undefined && elapsed > limits.milliseconds) source.violation = `took ${Math.round(elapsed)} ms`;
  if (source.violation !== undefined) throw new Error(`case ${index} (${repeat}): ${source.violation}`);
  report.mostReads = Math.max(report.mostReads, source.reads);
  report.mostBytes = Math.max(report.mostBytes, source.bytes);
  report.slowestMilliseconds = Math.max(report.slowestMilliseconds, elapsed);
}
