import { DamagedStructureError, MediaError } from '@diskwright/sdk/errors';
import { entriesIn, type IsoEntry, type NameSpace } from './files/directory';
import { rootOf } from './files/nameSpace';
import type { IsoVolume } from './volume';

/** More than any image has; directories that hold each other end by their places being known. */
const MOST_DIRECTORIES = 1_000_000;

/** An entry with its path from the root. */
export interface ScannedEntry extends IsoEntry {
  path: string;
}

/** The trees of a volume: the one whose names are shown, and the other, which may have files of its own. */
export function treesOf(volume: IsoVolume, shown: NameSpace): NameSpace[] {
  const others: NameSpace[] = [];
  if (shown.kind !== 'Joliet' && volume.joliet) others.push({ kind: 'Joliet', root: rootOf(volume, volume.joliet), skip: 0 });
  if (shown.kind === 'Joliet') others.push({ kind: 'ISO 9660', root: rootOf(volume, volume.primary), skip: 0 });
  return [shown, ...others];
}

/** All entries of a tree, a piece of a directory at a time. What is damaged or cannot be read is told to `onDamage` and hides nothing else. */
export async function* scanTree(
  volume: IsoVolume,
  space: NameSpace,
  signal: AbortSignal,
  onDamage: (path: string, error: DamagedStructureError | MediaError) => void = () => undefined,
): AsyncGenerator<ScannedEntry[], void, undefined> {
  const pending = [{ path: '', place: space.root }];
  const seen = new Set([space.root.offset]);
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { path, place } = next;
    try {
      for await (const entries of entriesIn(volume, space, place, signal)) {
        const scanned = entries.map((entry) => ({ ...entry, path: `${path}/${entry.name}` }));
        yield scanned;
        for (const { node, path: below } of scanned) {
          if (!node.isDirectory || seen.has(node.offset) || seen.size >= MOST_DIRECTORIES) continue;
          seen.add(node.offset);
          pending.push({ path: below, place: node.content[0]! });
        }
      }
    } catch (error) {
      if (!(error instanceof DamagedStructureError || error instanceof MediaError)) throw error;
      onDamage(path || '/', error);
    }
  }
}
