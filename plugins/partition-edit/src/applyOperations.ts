import type { PluginContext } from '@diskwright/sdk';
import { ExtentList, layoutGaps } from '@diskwright/sdk/extents';
import { digestRanges, PlanBuilder, readableRanges, signatureWindows, structureOf } from '@diskwright/sdk/plan';
import type { CommandInput, CommandResult, DeviceLayout } from '@diskwright/sdk/protocol';
import type { ChangedPartition } from './changedPartitions';
import { clearSignatures, freedSpace } from './clearing';
import { type Content, readContent } from './contents';
import { hideMoved } from './hiding';
import { labels } from './labels';
import { requireOperations, type Wanted } from './operations';
import { type Prepared, prepare } from './prepare';
import { changeWarnings, moveWarnings } from './warnings';

/** As the host hands it over: the device has become its id, defaults are filled in. */
interface ApplyInput {
  device: string;
  operations: unknown[];
  unused: 'keep' | 'zero';
  verify: boolean;
}

/** What a job saves before it overwrites it, at most: more, and not everything can be brought back. */
const SAVED_BYTES = 128 * 1024 * 1024;
const MAX_LABELS = 4096;

/** One plan of all operations. Nothing is written; every refusal names its operation and its numbers. */
export async function applyOperations(input: CommandInput, context: PluginContext): Promise<CommandResult> {
  const { device: deviceId, operations, unused, verify } = input as unknown as ApplyInput;
  const wanted = requireOperations(operations);
  const prepared = await prepare(context, deviceId, wanted);
  const { device, changed, moves, table } = prepared;
  const builder = new PlanBuilder(context, null, device);
  await assertTable(context, builder, prepared);
  const contents = await readContents(context, builder, prepared);
  if (wanted.initialize) clearDevice(builder, prepared, wanted);
  await hideMoved(context, builder, prepared);
  for (const move of moves)
    await copyContent(
      builder,
      contents.find(({ changed: moved }) => moved.before === move.before)!,
    );
  if (verify && moves.length > 0) builder.verify('content');
  const cleared = await clearSignatures(builder, changed, contents);
  writeTable(builder, prepared, contents, wanted);
  const freed = unused === 'zero' ? freedSpace(changed, table.layout) : ExtentList.fromRanges([]);
  await builder.clear('zero', 'commit', freed, 'freed space', 'space that belongs to no partition any more is to hold zeros');
  addNotes(builder, prepared, contents, wanted);
  const undo = moves.length === 0 && freed.count === 0 && cleared < SAVED_BYTES ? 'full' : 'metadata';
  const count = labels(wanted).length;
  const title =
    count === 1
      ? `Change ${device.path}: ${labels(wanted)[0]!.replace(/^.*?: /, '')}`
      : `Change ${device.path}: ${count} operations`;
  const command = { id: 'partition-edit.apply', input: { ...input } };
  return { kind: 'plan', plan: builder.build(title, command, expectedLayout(prepared), undo) };
}

async function assertTable(context: PluginContext, builder: PlanBuilder, { device, before }: Prepared): Promise<void> {
  if (!before) return;
  const lease = await context.devices.lease(device.deviceId);
  try {
    const ranges = [...ExtentList.fromRanges(await readableRanges(lease, before.structures, context.signal))];
    if (ranges.length > 0) builder.assert(0, ranges, await digestRanges(lease, ranges, context.signal), 'partition table');
  } finally {
    await lease.dispose();
  }
}

/** Looks into what is moved or resized, and asserts that it stays as it is until then. */
async function readContents(context: PluginContext, builder: PlanBuilder, { device, changed }: Prepared): Promise<Content[]> {
  const touched = changed.filter(isTouched);
  const contents: Content[] = [];
  for (const partition of touched) {
    const { number, start } = partition.before!;
    context.progress(`Reading partition ${number}`, contents.length, touched.length);
    const content = await readContent(context, device, partition);
    const { ranges, digest } = content.copy.generation;
    builder.assert(start, ranges, digest, structureOf(`partition ${number}`, content.copy));
    contents.push(content);
  }
  return contents;
}

function isTouched({ before, after }: ChangedPartition): boolean {
  return (
    before !== null &&
    after !== null &&
    before.role !== 'extended' &&
    (before.start !== after.start || before.size !== after.size)
  );
}

/** A new table stands on a device that shows nothing else. */
function clearDevice(builder: PlanBuilder, { device, before }: Prepared, wanted: Wanted): void {
  const ranges = [
    ...signatureWindows(0, device.size),
    ...(before?.structures ?? []).map(({ offset, length }) => ({ offset, length })),
  ];
  const reason = `operation ${wanted.initialize!.item + 1}: nothing of the old table, or of a filesystem in its place, may show`;
  builder.zero(ranges, 'old table and signatures', reason);
}

async function copyContent(builder: PlanBuilder, { changed, copy, extents }: Content): Promise<void> {
  const { before, after, label } = changed;
  // All in one step: where the two places overlap, what would be held back for the commit is overwritten by then.
  await builder.copy('content', extents, before!.start, after!.start, structureOf(`partition ${before!.number}`, copy), label!);
}

function writeTable(builder: PlanBuilder, { table }: Prepared, contents: readonly Content[], wanted: Wanted): void {
  for (const { changed, relocation } of contents) {
    for (const write of relocation)
      builder.write({ ...write, reason: `${changed.label}: ${write.reason}` }, changed.after!.start);
  }
  const all = labels(wanted).join('; ');
  const why = all.length <= MAX_LABELS / table.writes.length ? all : `${labels(wanted).length} operations`;
  for (const write of table.writes) builder.write({ ...write, reason: `${write.reason}; ${why}` });
}

function addNotes(builder: PlanBuilder, prepared: Prepared, contents: readonly Content[], wanted: Wanted): void {
  const { before, changed, device, layout, moves, table } = prepared;
  builder.notes.push(...labels(wanted));
  for (const move of moves) builder.notes.push(contents.find(({ changed: moved }) => moved.before === move.before)!.copy.note);
  builder.warnings.push(
    ...table.warnings,
    ...changeWarnings(changed, device, layout),
    ...(before ? moveWarnings(moves, before) : []),
    ...contents.flatMap(({ warnings }) => warnings),
    ...lostVolume(layout),
  );
  builder.warnings.splice(256);
}

/** What a device without a table holds as a whole. */
function lostVolume({ volume }: DeviceLayout): string[] {
  if (!volume) return [];
  return [`the ${volume.type} filesystem${volume.label ? ` "${volume.label}"` : ''} that fills the whole device is lost`];
}

function expectedLayout({ device, layout, table, changed }: Prepared): DeviceLayout {
  const partitions = table.layout.partitions.map((partition) => {
    const number = changed.find(({ after }) => after === partition)?.before?.number;
    const filesystem = layout.partitions.find((candidate) => candidate.number === number)?.filesystem ?? null;
    return { ...partition, filesystem };
  });
  return {
    device: { path: device.path, size: device.size, sectorSize: device.sectorSize },
    table: { type: table.layout.type, id: table.layout.id },
    partitions,
    volume: null,
    gaps: layoutGaps(table.layout, device.size),
    findings: table.layout.findings,
  };
}
