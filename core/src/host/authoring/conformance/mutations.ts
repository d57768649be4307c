import { damage, type FileRange, SeededRandom, writeInterestingInteger } from '@diskwright/sdk/testing';
import type { Host } from '../../host';
import { type ProcessUsage, processUsage } from '../../plugins/containment/processUsage';
import { MutatedFiles } from './mutatedFiles';
import type { Subject } from './subject';

/** In one image. */
const MOST_DAMAGES = 4;
/** How much longer than its processor time a case may take by the clock. */
const CLOCK_FACTOR = 12;
/** How often the checksums are put right, where that can be done. */
const MOSTLY = 0.8;
const INTEGER_WIDTHS = new Set([1, 2, 4, 8]);

export interface MutationBudget {
  /** How many mutated images. */
  cases: number;
  seed: number;
  /** Of processor time of the plugin's process for one image: what else the machine does is not its fault. By the clock, twelve times that. */
  milliseconds: number;
  /** Of the plugin's process and all below it. */
  memoryBytes: number;
}

/**
 * Changes the fields of the structures that are known of images, each at least once where there are cases enough, and asks the plugin about the image each
 * time, in its sandbox.
 * @returns what was found, a sentence
 * @throws Error naming the case, when the plugin ends, fails by a bug, asks for what lies outside, or goes beyond the budget
 */
export async function tryMutations(
  host: Host,
  plugin: string,
  subjects: readonly Subject[],
  budget: MutationBudget,
  signal: AbortSignal,
): Promise<string> {
  const fields = subjects.flatMap((subject) => subject.fields.map((field) => ({ subject, field })));
  if (fields.length === 0) throw new Error('no structures of it are known: nothing to change');
  const files = new Map(subjects.map((subject) => [subject, new MutatedFiles(subject.paths)]));
  const random = new SeededRandom(budget.seed);
  const reached = { told: 0, slowest: 0, memory: 0 };
  try {
    for (let index = 0; index < budget.cases; index++) {
      signal.throwIfAborted();
      // One after the other, so that each field has its turn, and others by chance.
      const turn = Math.floor((index * fields.length) / Math.min(budget.cases, fields.length)) % fields.length;
      const { subject, field } = fields[turn]!;
      const mutated = files.get(subject)!;
      const place = subject.paths.length > 1 ? `${field.offset} of file ${field.file}` : String(field.offset);
      const words = `case ${index} (${subject.name}, the field at ${place}; --seed ${budget.seed} repeats it)`;
      try {
        const paths = await mutated.place(index);
        await change(subject, field, mutated, paths, random);
        const before = await usageOf(host, plugin);
        if (await inTime(subject.ask(paths), budget.milliseconds * CLOCK_FACTOR)) reached.told++;
        const after = await usageOf(host, plugin);
        const memory = after?.memoryBytes ?? 0;
        const milliseconds = spent(before, after);
        reached.slowest = Math.max(reached.slowest, milliseconds);
        reached.memory = Math.max(reached.memory, memory);
        if (milliseconds > budget.milliseconds) throw new Error(`it took ${milliseconds} ms of processor time`);
        if (memory > budget.memoryBytes) throw new Error(`its process takes ${mebibytes(memory)} MiB`);
      } catch (error) {
        throw new Error(`${words}: ${(error as Error).message}`, { cause: error });
      }
      await mutated.restore();
    }
  } finally {
    for (const each of files.values()) each.close();
  }
  const { told, slowest, memory } = reached;
  return `${budget.cases} images by seed ${budget.seed}, of ${fields.length} fields, ${told} of them refused or with findings; at most ${slowest} ms of processor time and ${mebibytes(memory)} MiB`;
}

const mebibytes = (bytes: number): number => Math.round(bytes / 1024 / 1024);

interface PluginUsage extends ProcessUsage {
  pid: number;
}

async function usageOf(host: Host, plugin: string): Promise<PluginUsage | null> {
  const pid = host.plugins.supervisor.processOf(plugin)?.pid;
  const usage = pid === undefined ? null : await processUsage(pid);
  return usage && { pid: pid!, ...usage };
}

/** Milliseconds of processor time; of a process that was started meanwhile, all of it. */
function spent(before: PluginUsage | null, after: PluginUsage | null): number {
  if (!after) return 0;
  return after.processorMilliseconds - (before?.pid === after.pid ? before.processorMilliseconds : 0);
}

/** @throws Error when it is not done by then: what waits for ever uses no processor */
async function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it was not done after ${milliseconds / 1000} s`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function change(
  { fields, mend }: Subject,
  field: FileRange,
  mutated: MutatedFiles,
  paths: readonly string[],
  random: SeededRandom,
): Promise<void> {
  const scratches = mutated.scratches();
  const scratch = scratches[field.file]!;
  if (INTEGER_WIDTHS.has(field.length) && random.chance(0.7))
    writeInterestingInteger(scratch, field.offset, field.length as 1 | 2 | 4 | 8, random);
  else damage(scratch, [field], random);
  const others = fields.filter(({ file }) => file === field.file);
  for (let more = random.integer(MOST_DAMAGES); more > 0; more--) damage(scratch, others, random);
  await mutated.write(scratches);
  if (!mend) return;
  const changed = scratches.flatMap((each, file) =>
    each.changes().map(({ offset, bytes }) => ({ file, offset, length: bytes.length })),
  );
  for (const { file, offset, bytes } of await mend(paths, { checksums: random.chance(MOSTLY), changed }))
    scratches[file]!.write(offset, Buffer.from(bytes));
  await mutated.write(scratches);
}
