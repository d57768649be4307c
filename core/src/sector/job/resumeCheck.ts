import { RefusedError } from '@diskwright/sdk/errors';
import type { CopyStep, PlanDevice } from '@diskwright/sdk/protocol';
import { writeLength } from '../../common/plan/index';
import type { OpenedNode, SectorContext } from '../contracts';
import { endRanges } from '../identity';
import { identityDifference } from '../identityDifference';
import { readTolerantly } from '../nodes/readTolerantly';
import { type Chunk, chunksOf } from '../plan/copy/parts';
import { orderedParts } from '../plan/copy/orderedParts';
import type { CopiedPart } from '../../common/journal/journalRecord';
import { requireIdentity } from '../plan/planDevices';
import type { DeviceCheck } from '../plan/prepareDevices';
import type { StoredPlan } from '../plan/storedPlan';
import { isHashOf } from '../plan/verifyChanges';
import { explainBySteps, writes } from './explainBySteps';
import { ExplainedBytes } from './explainedBytes';
import type { JobFolder } from './jobFolder';
import { SavedPreImages } from './savedPreImages';

/** So many copied chunks of a target are read again, spread over all that were copied. */
const SAMPLES = 16;

/**
 * Makes sure that the devices are those that an interrupted job has left behind: the sources unchanged, and the targets what they
 * physically were, with nothing at their ends but what stood there before or what the job writes there, and with what it says to
 * have copied. Before anything was written the targets must be unchanged as well.
 */
export function resumeCheck(context: SectorContext, folder: JobFolder, stored: StoredPlan, signal?: AbortSignal): DeviceCheck {
  return async (device, opened, sources) => {
    if (device.role === 'source' || !folder.history.isSaved) return requireIdentity(context, device, opened, signal);
    const found = await context.identify(opened, signal);
    const difference = identityDifference(device.identity, { ...found, fingerprint: device.identity.fingerprint });
    if (difference) throw notTheTarget(opened, difference);
    await requireEnds(folder, stored, device, opened, sources, signal);
    await requireCopies(folder, stored, device, opened, sources, signal);
  };
}

async function requireEnds(
  folder: JobFolder,
  stored: StoredPlan,
  device: PlanDevice,
  opened: OpenedNode,
  sources: ReadonlyMap<string, OpenedNode>,
  signal?: AbortSignal,
): Promise<void> {
  const saved = await SavedPreImages.open(folder.files, folder.history.preImages!);
  for (const end of endRanges(opened.node.size)) {
    const { bytes: found, holes } = await readTolerantly(opened.node, end.offset, end.length, signal);
    const bytes = new ExplainedBytes(end.offset, found);
    for await (const piece of saved.within(device.name, end)) bytes.explain(piece.offset, piece.bytes);
    for (const hole of [...holes, ...saved.unreadable(device.name)]) bytes.excuse(hole);
    await explainBySteps(bytes, { stored, device: device.name, sources, ...(signal && { signal }) });
    const { unexplained } = bytes;
    if (unexplained !== null)
      throw notTheTarget(opened, `what stands at ${unexplained} was neither there before the job nor written by it`, unexplained);
  }
}

async function requireCopies(
  folder: JobFolder,
  stored: StoredPlan,
  device: PlanDevice,
  opened: OpenedNode,
  sources: ReadonlyMap<string, OpenedNode>,
  signal?: AbortSignal,
): Promise<void> {
  for (const sample of samples(folder, stored, device, opened, sources)) {
    const hashes = await folder.hashes.read(sample.part.hashes.position, sample.part.hashes.length);
    const at = sample.targetOffset + sample.chunk.offset;
    const { bytes } = await readTolerantly(opened.node, at, sample.chunk.length, signal);
    if (!isHashOf(hashes, sample.chunk, bytes))
      throw notTheTarget(opened, `what the job has copied to ${at} does not stand there`, at);
  }
}

interface Sample {
  part: CopiedPart;
  chunk: Chunk;
  targetOffset: number;
}

/** Some chunks that the journal says to be on the medium, and that no other step changes. */
function samples(
  folder: JobFolder,
  stored: StoredPlan,
  device: PlanDevice,
  opened: OpenedNode,
  sources: ReadonlyMap<string, OpenedNode>,
): Sample[] {
  const found: Sample[] = [];
  for (const [index, step] of stored.plan.steps.entries()) {
    const parts = folder.history.partsOf(index);
    if (step.kind !== 'copy' || step.target.device !== device.name || parts.length === 0) continue;
    const source = sources.get(step.source.device)?.node ?? opened.node;
    const extents = stored.sideFiles.extents(step.extents);
    let number = 0;
    for (const { extents: copied, chunkBytes } of orderedParts(step, source, extents, folder.history.partBytes!)) {
      const part = parts[number++];
      if (!part) break;
      const last = [...chunksOf(copied, chunkBytes)].findLast((chunk) => !isTouched(stored, index, step, chunk));
      if (last) found.push({ part, chunk: last, targetOffset: step.target.offset });
    }
  }
  const stride = Math.max(1, found.length / SAMPLES);
  return Array.from(
    { length: Math.min(SAMPLES, found.length) },
    (_, index) => found[found.length - 1 - Math.floor(index * stride)]!,
  );
}

/** Whether any other step of the plan changes bytes of a chunk that a copy step writes. */
function isTouched({ plan, sideFiles }: StoredPlan, copyIndex: number, copy: CopyStep, chunk: Chunk): boolean {
  const start = copy.target.offset + chunk.offset;
  const end = start + chunk.length;
  return plan.steps.some((step, index) => {
    if (index === copyIndex || !writes(step, copy.target.device)) return false;
    const { offset } = step.target;
    if (step.kind === 'write') return offset < end && offset + writeLength(step.bytes) > start;
    const extents = step.kind === 'copy' ? sideFiles.extents(step.extents) : sideFiles.area(step);
    const next = extents.indexFrom(Math.max(0, start - offset));
    return next < extents.count && offset + extents.offsetAt(next) < end;
  });
}

function notTheTarget({ node }: OpenedNode, why: string, offset?: number): RefusedError {
  return new RefusedError(`${node.path} is not the target as the job has left it: ${why}`, {
    device: node.path,
    ...(offset !== undefined && { offset }),
    todo: 'Name the right device, or apply the plan anew.',
  });
}
