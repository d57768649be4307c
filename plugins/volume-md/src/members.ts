import type { BlockSource } from '@diskwright/sdk/block';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { readOrNull } from '@diskwright/sdk/files';
import { formatBytes } from '@diskwright/sdk/plan';
import { readSuperblock } from './superblock/readSuperblock';
import type { Superblock } from './superblock/superblock';

/** A device of an array. */
export interface Member {
  source: BlockSource;
  superblock: Superblock;
  /** Where it stands in the array; null: its data must not be read. */
  position: number | null;
  /** `in sync`, or why its data must not be read. */
  state: string;
}

/** An array with those of its devices that are there. */
export interface Members {
  /** Of the device that was written to last: what it says counts. */
  reference: Superblock;
  /** The first is the one that was asked for. */
  all: readonly Member[];
}

/**
 * The array of the first source, and which of the others belong to it.
 * @throws InvalidInputError when the first is of no array, DamagedStructureError when its superblock is damaged
 */
export async function findMembers(sources: readonly BlockSource[], signal: AbortSignal): Promise<Members> {
  const own = await readSuperblock(sources[0]!, signal);
  if (!own) throw new InvalidInputError('there is no superblock of md: it belongs to no array');
  const found = [{ source: sources[0]!, superblock: own }];
  for (const source of sources.slice(1)) {
    // Candidates only: what cannot be read of them is another volume's trouble.
    const superblock = await readOrNull(() => readSuperblock(source, signal));
    if (superblock && isSameArray(superblock, own)) found.push({ source, superblock });
  }
  const reference = newest(found.map(({ superblock }) => superblock));
  const judge = new Judge(reference);
  return { reference, all: found.map((each) => ({ ...each, ...judge.judge(each.superblock) })) };
}

function isSameArray(one: Superblock, other: Superblock): boolean {
  return one.setUuid === other.setUuid && one.level === other.level && (one.version === '0.90') === (other.version === '0.90');
}

/** Spare devices count events, too, but know nothing of what was written: they come last. */
function newest(superblocks: readonly Superblock[]): Superblock {
  const active = superblocks.filter((each) => typeof each.roleOf(each.number) === 'number');
  const [first, ...others] = active.length > 0 ? active : superblocks;
  return others.reduce((best, each) => (each.events > best.events ? each : best), first!);
}

/** Decides device by device as the driver does, and never for one that it would not read. */
class Judge {
  private readonly numbers = new Set<number>();
  private readonly positions = new Set<number>();

  constructor(private readonly reference: Superblock) {}

  judge(superblock: Superblock): Pick<Member, 'position' | 'state'> {
    const { reference, numbers, positions } = this;
    const { number, events, recoveredBytes } = superblock;
    const role = reference.roleOf(number);
    const no = (state: string): { position: null; state: string } => ({ position: null, state });
    if (numbers.has(number)) return no('a second one with the same number, as a clone has');
    numbers.add(number);
    if (role === 'faulty') return no('failed');
    if (role === 'journal') return no('the journal');
    if (events + 1n < reference.events)
      return no(`stale: it has ${events} changes, and the newest ${reference.events}: it was left out when those were made`);
    if (role === 'spare' || role >= reference.raidDisks)
      return no(typeof superblock.roleOf(number) === 'number' ? 'removed from the array' : 'spare');
    if (superblock.roleOf(number) !== role) return no('not in sync: it does not know of its place in the array');
    if (recoveredBytes !== null && recoveredBytes < superblock.sizeBytes)
      return no(`being rebuilt: ${formatBytes(recoveredBytes)} of ${formatBytes(superblock.sizeBytes)} are done`);
    if (superblock.replacement || positions.has(role)) return no('a replacement that was not finished');
    positions.add(role);
    return { position: role, state: 'in sync' };
  }
}
