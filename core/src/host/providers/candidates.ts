import type { ByteRange, Magic } from '@diskwright/sdk/protocol';
import type { InstalledPlugin } from '../plugins/pluginRecord';
import type { DeviceAccess } from './deviceAccess';
import { matchesMagic, neededRanges, type Piece } from '../../common/magic';

/** A provider that may know what lies in a range. */
export interface Candidate {
  plugin: InstalledPlugin;
  contribution: { id: string; magic: Magic[][]; priority?: number };
}
/** A provider that took the range for its own. */
export interface ScoredCandidate {
  candidate: Candidate;
  /** 1 … 100. */
  score: number;
}

/** The contributions whose magic bytes are there. Reads what they ask for once. */
export async function matchingCandidates<C extends Candidate>(
  all: C[],
  devices: Pick<DeviceAccess, 'peek'>,
  deviceId: string,
  range: ByteRange,
  signal?: AbortSignal,
): Promise<C[]> {
  const magics = all.flatMap(({ contribution }) => contribution.magic.flat());
  const pieces: Piece[] = [];
  for (const { offset, length } of neededRanges(magics, range.length))
    pieces.push({ offset, bytes: await devices.peek(deviceId, range.offset + offset, length, signal, 'zeros') });
  return all.filter(({ contribution }) => matchesMagic(contribution.magic, { size: range.length, pieces }));
}

/** The best first: the user's choice, then priority, then how sure each is of itself. */
export function inOrderOfChoice<S extends ScoredCandidate>(scored: S[], preferred: readonly string[]): S[] {
  const rank = ({ candidate }: ScoredCandidate): number => {
    const index = preferred.indexOf(candidate.contribution.id);
    return index < 0 ? preferred.length : index;
  };
  const priority = ({ candidate }: ScoredCandidate): number => candidate.contribution.priority ?? 0;
  return [...scored].sort((a, b) => rank(a) - rank(b) || priority(b) - priority(a) || b.score - a.score);
}
