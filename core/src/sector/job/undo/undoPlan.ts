import { InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import { ExtentList, intersect, shift, subtract, union } from '@diskwright/sdk/extents';
import type { AssertStep, ByteRange, ExtentsRef, Phase, Plan, PlanDevice } from '@diskwright/sdk/protocol';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { throwIfCancelled } from '../../../common/flow/abortable';
import { PHASES, undoCommand } from '../../../common/plan/index';
import type { OpenedNode, SectorContext } from '../../contracts';
import { identityDifference } from '../../identityDifference';
import { readTolerantly } from '../../nodes/readTolerantly';
import { CHUNK_BYTES, chunksOf } from '../../plan/copy/parts';
import { closePlanDevices, type PlanDeviceNode } from '../../plan/planDevices';
import { readStoredPlan, type StoredPlan } from '../../plan/storedPlan';
import { knownDevice } from '../../knownDevice';
import { JobFolder } from '../jobFolder';
import { overwrittenRanges, type PlanTarget, rangesOf, stepsOn, wholeSectors } from '../overwritten';
import { SavedPreImages } from '../savedPreImages';
import { requireExplained } from './requireExplained';

/** Ranges that one `assert` step may have. */
const ASSERTED_RANGES = 4096;

/** What an undo is made with. */
export interface UndoRequest {
  context: SectorContext;
  /** Of the job. */
  folder: string;
  /** Where the plan's devices are to be found now, by name. */
  paths: Record<string, string>;
  /** Keeps an extent list where the plan's side files are looked for. */
  putExtents(list: ExtentList): Promise<ExtentsRef>;
  signal?: AbortSignal;
}

/**
 * Makes the plan that gives the targets of a job back what stood there before it. What the job made recognisable is taken away
 * first and what was recognisable before comes back last, so that at any cut the target shows nothing, as with every plan; the
 * pre-images are sources of the plan like any other.
 * @throws RefusedError when it was not all saved, or somebody else has written there since; what opening the devices throws
 */
export async function makeUndoPlan(request: UndoRequest): Promise<Plan> {
  const folder = await JobFolder.open(request.folder, 'undo');
  const devices = new Map<string, PlanDeviceNode>();
  try {
    const { history } = folder;
    if (!history.plan || !history.preImages) throw nothingWritten(folder.id);
    const stored = await readStoredPlan(join(folder.path, 'plan.json'), join(folder.path, 'blobs'), history.plan, request.signal);
    await openDevices(request, stored.plan, devices);
    const saved = await SavedPreImages.open(folder.files, history.preImages);
    const sources = new Map([...devices.values()].filter(isSource).map(({ device, opened }) => [device.name, opened]));
    const plan = emptyPlan(folder.id, stored.plan);
    for (const { device, opened } of devices.values()) {
      if (device.role === 'target') await addTarget(plan, { request, folder, stored, saved, sources, device, opened });
    }
    plan.steps.sort((a, b) => PHASES.indexOf(a.phase) - PHASES.indexOf(b.phase));
    return plan;
  } finally {
    await closePlanDevices(devices);
    await folder.close();
  }
}

interface Undone {
  request: UndoRequest;
  folder: JobFolder;
  stored: StoredPlan;
  saved: SavedPreImages;
  sources: ReadonlyMap<string, OpenedNode>;
  device: PlanDevice;
  opened: OpenedNode;
}

async function addTarget(plan: Plan, undone: Undone): Promise<void> {
  const { request, folder, stored, saved, sources, device, opened } = undone;
  const { signal } = request;
  const { name } = device;
  const target = { name, size: opened.node.size, sectorSize: opened.node.sectorSize };
  const overwritten = overwrittenRanges(stored.plan, stored.sideFiles, target, folder.history.phase);
  const lost = subtract(overwritten, saved.of(name)).covered;
  if (lost > 0) throw notSaved(opened.node.path, lost);
  await requireExplained({ folder, stored, saved, name, opened, sources }, overwritten, signal);

  plan.devices.push({ name, role: 'target', path: opened.node.path, identity: await request.context.identify(opened, signal) });
  const segments = await addSegments(plan, undone, target);
  const recognised = recognisableRanges(stored, target, overwritten);
  const hasContent = stored.plan.steps.some(
    ({ phase, ...step }) => phase !== 'commit' && 'target' in step && step.target.device === name,
  );
  for await (const step of asserts(opened, name, recognised, signal)) plan.steps.push(step);
  if (hasContent && recognised.count > 0) {
    const extents = await request.putExtents(recognised);
    const words = { structure: 'what the job made recognisable', reason: 'nothing is to be recognised before all is as it was' };
    plan.steps.push({
      kind: 'zero',
      phase: 'invalidate',
      ...words,
      target: { device: name, offset: 0 },
      length: target.size,
      extents,
    });
  }
  await addCopies(plan, request, segments, name, 'content', 'former content', subtract(overwritten, recognised));
  const [head, tail] = tableRanges(target).map((range) => intersect(recognised, ExtentList.fromRanges([range])));
  const inner = subtract(recognised, union(head!, tail ?? head!));
  await addCopies(plan, request, segments, name, 'commit', 'former structures', inner);
  if (tail) await addCopies(plan, request, segments, name, 'commit', 'former end of the device', tail);
  await addCopies(plan, request, segments, name, 'commit', 'former start of the device', head!);
}

/** The entries of a GPT of the usual size, in bytes. */
const TABLE_ENTRIES_BYTES = 128 * 128;

/**
 * Where tables lie, no more: MBR, primary GPT, and backup GPT. A partition may begin right behind the first (old ones at LBA 63), and a write that is
 * cut must not leave the table with a part of what it lists.
 */
function tableRanges({ size, sectorSize }: PlanTarget): ByteRange[] {
  const head = Math.min(size, 2 * sectorSize + TABLE_ENTRIES_BYTES);
  const tail = Math.min(size - head, sectorSize + TABLE_ENTRIES_BYTES);
  return [
    { offset: 0, length: head },
    { offset: size - tail, length: tail },
  ].filter(({ length }) => length > 0);
}

/** What makes something recognisable, before the job or after it: all that it clears first and writes last. */
function recognisableRanges({ plan, sideFiles }: StoredPlan, target: PlanTarget, overwritten: ExtentList): ExtentList {
  const lists = stepsOn(plan, target)
    .filter(({ phase }) => phase !== 'content')
    .map((step) => rangesOf(step, sideFiles));
  const all = lists.reduce(union, ExtentList.fromRanges([]));
  return intersect(overwritten, wholeSectors(all, target));
}

interface Segment {
  device: string;
  offset: number;
  range: ExtentList;
}

/** Makes the files of the pre-images sources of the plan. */
async function addSegments(
  plan: Plan,
  { request, folder, saved, device }: Undone,
  { name, size, sectorSize }: PlanTarget,
): Promise<Segment[]> {
  const segments: Segment[] = [];
  for (const segment of saved.segmentsOf(name, size)) {
    const path = join(folder.path, segment.name);
    const opened = await request.context.open(path, {
      sectorSize: device.identity.sectorSize,
      // What stood on the target may well have been an image.
      plain: true,
      ...(request.signal && { signal: request.signal }),
    });
    try {
      if (opened.node.sectorSize !== sectorSize)
        throw new RefusedError(`${path} cannot be read in sectors of ${sectorSize} bytes`);
      const identity = await request.context.identify(opened, request.signal);
      plan.devices.push({ name: segment.name, role: 'source', path, identity });
    } finally {
      await opened.node.dispose();
    }
    segments.push({ device: segment.name, offset: segment.range.offset, range: ExtentList.fromRanges([segment.range]) });
  }
  return segments;
}

async function addCopies(
  plan: Plan,
  request: UndoRequest,
  segments: readonly Segment[],
  target: string,
  phase: Phase,
  structure: string,
  ranges: ExtentList,
): Promise<void> {
  for (const { device, offset, range } of segments) {
    const here = intersect(ranges, range);
    if (here.count === 0) continue;
    const relative = shift(here, -offset);
    const extents = await request.putExtents(relative);
    const words = { phase, structure, reason: 'as it was before the job' };
    plan.steps.push({ kind: 'copy', ...words, source: { device, offset: 0 }, target: { device: target, offset }, extents });
  }
  if (ranges.count > 0)
    plan.steps.push({ kind: 'verify', phase, structure, reason: 'what was written is read back', device: target });
}

/** Binds the plan to what stands there now. */
async function* asserts(
  opened: OpenedNode,
  device: string,
  ranges: ExtentList,
  signal?: AbortSignal,
): AsyncGenerator<AssertStep> {
  const all = [...ranges];
  for (let first = 0; first < all.length; first += ASSERTED_RANGES) {
    const some = all.slice(first, first + ASSERTED_RANGES);
    const hash = createHash('sha256');
    for (const { offset, length } of chunksOf(ExtentList.fromRanges(some), CHUNK_BYTES)) {
      throwIfCancelled(signal);
      hash.update((await readTolerantly(opened.node, offset, length, signal)).bytes);
    }
    const words = { structure: 'what the job has left', reason: 'nobody has written there since' };
    yield { kind: 'assert', phase: 'check', ...words, device: { device, offset: 0 }, ranges: some, digest: hash.digest('hex') };
  }
}

/** Targets are needed, sources are of help: they tell whose bytes stand on the targets. */
async function openDevices(
  { context, paths, signal }: UndoRequest,
  plan: Plan,
  devices: Map<string, PlanDeviceNode>,
): Promise<void> {
  for (const device of plan.devices) {
    const path = Object.hasOwn(paths, device.name) ? paths[device.name]! : device.path;
    const options = { ...knownDevice(device.identity), ...(signal && { signal }) };
    const opened = await context.open(path, options).catch((error: unknown) => {
      if (device.role === 'source') return null;
      throw error;
    });
    if (!opened) continue;
    devices.set(device.name, { device, opened });
    const found = await context.identify(opened, signal);
    const expected = device.role === 'target' ? { ...device.identity, fingerprint: found.fingerprint } : device.identity;
    const difference = identityDifference(expected, found);
    if (!difference) continue;
    if (device.role === 'target')
      throw new RefusedError(`${path} is not the target of the job: ${difference}`, {
        device: path,
        todo: 'Name the right device.',
      });
    devices.delete(device.name);
    await opened.node.dispose();
  }
}

function isSource({ device }: PlanDeviceNode): boolean {
  return device.role === 'source';
}

function emptyPlan(jobId: string, { title }: Plan): Plan {
  return {
    format: 'diskwright-plan/1',
    title: `Undo: ${title}`,
    command: undoCommand(jobId),
    devices: [],
    steps: [],
    warnings: [],
    notes: [],
    result: null,
    undo: 'metadata',
  };
}

function nothingWritten(jobId: string): InvalidInputError {
  return new InvalidInputError(`there is nothing to undo: the job ${jobId} has written nothing`);
}

function notSaved(device: string, bytes: number): RefusedError {
  return new RefusedError(`${device}: the job has overwritten ${bytes} bytes that were not saved`, {
    device,
    todo: 'Nothing can bring them back. A job that saves everything before it is overwritten (an option when a plan is applied; --undo-budget) can be undone as a whole.',
  });
}
