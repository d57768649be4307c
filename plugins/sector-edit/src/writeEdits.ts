import type { PluginContext } from '@diskwright/sdk';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { rangesMeet } from '@diskwright/sdk/extents';
import { digestRanges, PlanBuilder, readableRanges } from '@diskwright/sdk/plan';
import type { CommandInput, CommandResult, ProposedWrite, ResolveResult } from '@diskwright/sdk/protocol';
import { consequences } from './consequences';
import { cut, type DescribedRun, describeRun } from './describeRun';
import { type Edit, readEdits, requireEdits } from './edits';
import { joinEdits, sectorsOf } from './runs';
import { Surroundings } from './surroundings';

/** What is by value in a plan's message, over all runs; the rest travels beside it. */
const INLINE_BYTES = 128 * 1024;
/** From here on reasons are short, so that the plan stays below a frame of 1 MiB. */
const MANY_RUNS = 128;
const PREVIEW_LINES = 24;

/** As the host hands it over: the device has become its id. */
interface WriteInput {
  device: string;
  edits: unknown[];
}

interface Analysis {
  runs: DescribedRun[];
  warnings: string[];
}

/** The plan that writes the edits; bytes that stand there already are written again. */
export async function writeEdits(input: CommandInput, context: PluginContext): Promise<CommandResult> {
  const { device, edits: values } = input as unknown as WriteInput;
  const target = await context.devices.describe(device);
  const edits = requireEdits(values, target.size);
  const builder = new PlanBuilder(context, null, target);
  const lease = await context.devices.lease(device);
  const { runs, warnings } = await analyse(context, device, edits);
  if (runs.every(({ bytes, before }) => before?.equals(bytes)))
    throw new InvalidInputError('the edits change nothing: these bytes stand there already');
  const sectors = sectorsOf(runs, target.sectorSize);
  const readable = await readableRanges(lease, sectors, context.signal);
  if (readable.length > 0)
    builder.assert(0, readable, await digestRanges(lease, readable, context.signal), 'the sectors that are edited');
  const unreadable = sectors.length - readable.length;
  for (const { write, phase } of await proposals(context, inWritingOrder(runs))) builder.write(write, 0, phase);
  builder.warnings.push(...warnings.slice(0, 200));
  if (unreadable > 0)
    builder.warnings.push(`${unreadable} of the places cannot be read: what stands there is not known and cannot be saved`);
  const bytes = runs.reduce((sum, run) => sum + run.bytes.length, 0);
  const title = `Write ${counted(bytes, 'byte')} at ${counted(runs.length, 'place')} of ${target.path}`;
  // The host completes the input, which would not fit the message beside the steps.
  const command = { id: 'sector-edit.write', input: { device } };
  return { kind: 'plan', plan: builder.build(title, command, null, unreadable > 0 ? 'none' : 'full') };
}

/** What is wrong with edits while they are made, and what they would change. */
export async function resolveEdits(input: CommandInput, context: PluginContext): Promise<Partial<ResolveResult>> {
  const values = Array.isArray(input['edits']) ? (input['edits'] as unknown[]) : [];
  const device = context.named['device'] === undefined ? null : (input['device'] as string);
  const size = device === null ? null : (await context.devices.describe(device)).size;
  const { edits, errors } = readEdits(values, size);
  const resolved = { errors: errors.slice(0, 256).map(({ item, message }) => ({ field: `edits.${item}`, message })) };
  if (device === null || errors.length > 0 || edits.length === 0) return resolved;
  const { runs, warnings } = await analyse(context, device, edits);
  const lines = runs.map(
    ({ offset, bytes, structure, reason }) => `byte ${offset}, ${counted(bytes.length, 'byte')}: ${structure}: ${reason}`,
  );
  const more = lines.length - PREVIEW_LINES;
  const preview = more > 0 ? [...lines.slice(0, PREVIEW_LINES), `and ${counted(more, 'place')} more`] : lines;
  return { ...resolved, warnings: warnings.slice(0, 256), preview: preview.join('\n') };
}

async function analyse(context: PluginContext, device: string, edits: readonly Edit[]): Promise<Analysis> {
  const [lease, surroundings] = await Promise.all([context.devices.lease(device), Surroundings.open(context, device)]);
  const runs: DescribedRun[] = [];
  const joined = await joinEdits(lease, edits, context.signal);
  for (const run of joined) {
    context.progress('looking at what the edits change', runs.length, joined.length);
    runs.push(await describeRun(run, surroundings));
  }
  return { runs, warnings: [...consequences(runs, surroundings), ...surroundings.unknown] };
}

/**
 * What makes a table or a volume recognisable goes last: of each the copies at its end before what lies at its start, as tables and filesystems have
 * their backups, and the table behind the volumes.
 */
function inWritingOrder(runs: readonly DescribedRun[]): DescribedRun[] {
  const rank = (run: DescribedRun): number => (isOf(run, 'table') ? 1 : 0);
  return [...runs].sort((a, b) => rank(a) - rank(b) || b.offset - a.offset);
}

const isOf = ({ met }: DescribedRun, kind: 'table' | 'volume'): boolean => met.some(({ owner }) => owner.kind === kind);

function phaseOf(run: DescribedRun): 'content' | 'commit' {
  const range = { offset: run.offset, length: run.bytes.length };
  return run.met.some(({ owner }) => owner.commit.some((part) => rangesMeet(part, range))) ? 'commit' : 'content';
}

/** The writes as they travel: what is too much for the message goes beside it. */
async function proposals(
  context: PluginContext,
  runs: readonly DescribedRun[],
): Promise<{ write: ProposedWrite; phase: 'content' | 'commit' }[]> {
  const reasonLength = runs.length > MANY_RUNS ? 200 : 4000;
  let inline = 0;
  const writes: { write: ProposedWrite; phase: 'content' | 'commit' }[] = [];
  for (const run of runs) {
    const { offset, bytes, structure, reason } = run;
    const fits = inline + bytes.length <= INLINE_BYTES;
    if (fits) inline += bytes.length;
    const carried = fits ? bytes.toString('base64') : await context.blobs.put(bytes);
    writes.push({ write: { offset, bytes: carried, structure, reason: cut(reason, reasonLength) }, phase: phaseOf(run) });
  }
  return writes;
}

const counted = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;
