import type { PluginContext, TableProxy } from '@diskwright/sdk';
import { formatBytes } from '@diskwright/sdk/plan';
import type { CommandInput, DeviceDescription, ResolveResult, TableLayout } from '@diskwright/sdk/protocol';
import { checkDeviceFits, checkPartitionsFit } from '../fits';
import { growLastPartition } from '../fitLayout';
import { bootGapBytes, gapsToCopy } from '../gaps';
import { checkDevices, type CloneDiskOptions } from '../options';
import { grownWarning, identityWarning } from '../warnings';
import { copySummary } from './copySummary';
import { Judgement } from './judgement';

/** Judges what a clone of a disk would do, as far as source and target are named. */
export async function resolveCloneDisk(input: CommandInput, context: PluginContext): Promise<Partial<ResolveResult>> {
  const options = input as Partial<CloneDiskOptions>;
  const judgement = new Judgement();
  const [source, target] = await Promise.all([describe(context, options.source), describe(context, options.target)]);
  if (!source) return judgement.result();
  const fitting = target && (await judgement.attempt('target', () => (checkDevices(source, target, 'disk'), target)));
  const table = await context.devices.table(source.deviceId);
  try {
    const layout = await table?.read();
    if (table && layout) {
      const rebuilt = fitting && (await judgement.attempt('target', () => rebuild(options, layout, source, fitting, table)));
      const copied = await describeVolumes(context, judgement, options, source, layout);
      const bootGap = options.allSectors ? null : await bootGapBytes(context);
      const gaps = gapsToCopy(layout, source.size, target?.size ?? source.size, bootGap);
      judgement.lines.unshift(headline(copied + gaps.covered, source, target));
      if (rebuilt) judgement.warnings.push(...rebuilt);
    } else await describeWhole(context, judgement, options, source, fitting);
  } finally {
    await table?.close();
  }
  if (options.unused === 'zero') judgement.lines.push('The rest of the target is filled with zeros.');
  if (options.unused === 'discard') judgement.lines.push('The rest of the target is discarded.');
  judgement.warnings.push(identityWarning(options.identity ?? 'keep'));
  return judgement.result();
}

const describe = (context: PluginContext, deviceId: string | undefined): Promise<DeviceDescription> | null =>
  deviceId === undefined ? null : context.devices.describe(deviceId);

function headline(copiedBytes: number, source: DeviceDescription, target: DeviceDescription | null): string {
  const where = target ? `${source.path} to ${target.path}` : source.path;
  return `Copies ${formatBytes(copiedBytes)} of the ${formatBytes(source.size)} of ${where}.`;
}

/** A line for each volume. Answers the bytes that are copied in all of them. */
async function describeVolumes(
  context: PluginContext,
  judgement: Judgement,
  { allSectors = false }: Partial<CloneDiskOptions>,
  { deviceId, sectorSize }: DeviceDescription,
  layout: TableLayout,
): Promise<number> {
  let copied = 0;
  for (const { number, start, size, role } of layout.partitions) {
    if (role === 'extended') continue;
    context.signal.throwIfAborted();
    const place = { start, size, sectorSize };
    const summary = await copySummary(context, { deviceId, partition: number }, place, `partition ${number}`, allSectors);
    copied += summary.copiedBytes;
    judgement.lines.push(summary.note);
  }
  return copied;
}

/** A disk without a table, as one volume. */
async function describeWhole(
  context: PluginContext,
  judgement: Judgement,
  { allSectors = false }: Partial<CloneDiskOptions>,
  source: DeviceDescription,
  target: DeviceDescription | null,
): Promise<void> {
  const { deviceId, size, sectorSize } = source;
  const place = { start: 0, size, sectorSize };
  const summary = await copySummary(context, { deviceId, partition: 0 }, place, 'the whole device', allSectors);
  judgement.lines.push(headline(summary.copiedBytes, source, target), summary.note);
  if (target) await judgement.attempt('target', () => checkDeviceFits(summary.neededBytes, source, target));
}

/** What the table that is made for the target has to be warned of. @throws RefusedError when the partitions do not fit */
async function rebuild(
  { layout: wanted, identity = 'keep' }: Partial<CloneDiskOptions>,
  layout: TableLayout,
  source: DeviceDescription,
  target: DeviceDescription,
  table: TableProxy,
): Promise<string[]> {
  checkPartitionsFit(layout, source, target);
  const { size, sectorSize } = target;
  const rebuilt = await table.rebuild({ target: { size, sectorSize }, identity, changes: [] });
  const warnings = [
    ...rebuilt.warnings,
    ...layout.findings.filter(({ severity }) => severity !== 'info').map(({ message }) => `source: ${message}`),
  ];
  if (wanted !== 'fit') return warnings;
  const { grown } = growLastPartition(layout, rebuilt.layout.usable.offset + rebuilt.layout.usable.length);
  return grown ? [grownWarning(grown), ...warnings] : warnings;
}
