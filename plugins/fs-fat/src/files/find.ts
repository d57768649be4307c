import { directoryEntries, type DirectoryStart } from './directory';
import type { RawEntry } from './directoryEntries';
import type { FatVolume } from './fatTable';
import { shortNameAt } from './shortName';

/**
 * The entry of a name in a directory; null when it has none such. Names are the same whatever their case, and a file can be called by its short name: but
 * one that is written just so goes before.
 */
export async function findInDirectory(
  volume: FatVolume,
  directory: DirectoryStart,
  name: string,
  signal: AbortSignal,
): Promise<RawEntry | null> {
  const wanted = folded(name);
  let similar: RawEntry | null = null;
  let alias: RawEntry | null = null;
  for await (const entries of directoryEntries(volume, directory, signal)) {
    for (const entry of entries) {
      const { text } = entry.name;
      if (text === name) return entry;
      if (!similar && folded(text) === wanted) similar = entry;
      if (!alias && folded(shortNameAt(entry.bytes, 0, 0).text) === wanted) alias = entry;
    }
  }
  return similar ?? alias;
}

const folded = (name: string): string => name.toUpperCase();
