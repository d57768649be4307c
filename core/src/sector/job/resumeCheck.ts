import { RefusedError } from '@diskwright/sdk/errors';
import type { OpenedNode, SectorContext } from '../contracts';
import { endRanges } from '../identity';
import { identityDifference } from '../identityDifference';
import { readTolerantly } from '../nodes/readTolerantly';
import { type Chunk, chunksOf } from '../plan/copy/parts';
import { requireIdentity } from '../plan/planDevices';
import type { DeviceCheck } from '../plan/prepareDevices';
import type { StoredPlan } from '../plan/storedPlan';
import { isHashOf } from '../plan/verifyChanges';
import { copiedParts, type PartOnMedium } from './explain/copiedParts';
import { firstUnexplained } from './explain/firstUnexplained';
import { isTouched } from './explain/isTouched';
import type { JobTarget } from './explain/jobTarget';
import type { JobFolder } from './jobFolder';
import { SavedPreImages } from './savedPreImages';

/** At most so many copied chunks of a target are read again, spread over all that was copied. */
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
    const saved = await SavedPreImages.open(folder.files, folder.history.preImages!);
    const target = { folder, stored, saved, name: device.name, opened, sources };
    await requireEnds(target, signal);
    await requireCopies(target, signal);
  };
}

async function requireEnds(target: JobTarget, signal?: AbortSignal): Promise<void> {
  const { saved, name, opened } = target;
  for (const end of endRanges(opened.node.size)) {
    const unexplained = await firstUnexplained(target, end, saved.unreadable(name), signal);
    if (unexplained !== null)
      throw notTheTarget(opened, `what stands at ${unexplained} was neither there before the job nor written by it`, unexplained);
  }
}

async function requireCopies(target: JobTarget, signal?: AbortSignal): Promise<void> {
  const { folder, opened } = target;
  for (const { step, recorded, chunk } of samples(target)) {
    const at = step.target.offset + chunk.offset;
    const { bytes } = await readTolerantly(opened.node, at, chunk.length, signal);
    const isCopied = async (): Promise<boolean> => {
      if (recorded.blake3 !== '')
        return isHashOf(await folder.hashes.read(recorded.hashes.position, recorded.hashes.length), chunk, bytes);
      // There are no hashes: it has to be what the source holds.
      const source = target.sources.get(step.source.device)!.node;
      return (await readTolerantly(source, step.source.offset + chunk.offset, chunk.length, signal)).bytes.equals(bytes);
    };
    if (!(await isCopied())) throw notTheTarget(opened, `what the job has copied to ${at} does not stand there`, at);
  }
}

interface Sample extends PartOnMedium {
  chunk: Chunk;
}

/** Some chunks that the journal says to be on the medium, and that no other step changes: one of each of equal shares of the parts. */
function* samples(target: JobTarget): Generator<Sample> {
  const latestFirst = [...copiedParts(target)].reverse();
  const shares = Math.min(SAMPLES, latestFirst.length);
  for (let share = 0; share < shares; share++) {
    const [from, to] = [share, share + 1].map((index) => Math.floor((index * latestFirst.length) / shares));
    for (const part of latestFirst.slice(from, to)) {
      const chunk = lastUntouched(target, part);
      if (!chunk) continue;
      yield { ...part, chunk };
      break;
    }
  }
}

function lastUntouched(target: JobTarget, { step, extents, chunkBytes }: PartOnMedium): Chunk | undefined {
  return [...chunksOf(extents, chunkBytes)].findLast(
    ({ offset, length }) => !isTouched(target, step, { offset: step.target.offset + offset, length }),
  );
}

function notTheTarget({ node }: OpenedNode, why: string, offset?: number): RefusedError {
  return new RefusedError(`${node.path} is not the target as the job has left it: ${why}`, {
    device: node.path,
    ...(offset !== undefined && { offset }),
    todo: 'Name the right device, or apply the plan anew.',
  });
}
