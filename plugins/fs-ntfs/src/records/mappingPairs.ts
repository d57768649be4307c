import type { RunList } from './runList';

/** More pieces than any volume can have of one file, and what a hostile one may cost: some 100 MB. */
const MOST_RUNS = 6_000_000;

/**
 * Decodes the runs of an attribute (`ntfs_mapping_pairs_decompress`) behind those that `runs` holds already: each a byte of two lengths, the number of
 * clusters, and how far on from the run before it lies; without a place it is a hole.
 * @param totalClusters of the volume; no run may reach beyond
 * @returns what is wrong, in words, or null
 */
export function decodeMappingPairs(
  bytes: Buffer,
  start: number,
  end: number,
  totalClusters: number,
  runs: RunList,
): string | null {
  let place = 0;
  for (let at = start; at < end && bytes[at] !== 0;) {
    const header = bytes[at]!;
    const lengthBytes = header & 15;
    const placeBytes = header >>> 4;
    const next = at + 1 + lengthBytes + placeBytes;
    if (lengthBytes === 0 || lengthBytes > 8 || placeBytes > 8 || next > end) return 'a run makes no sense';
    const clusters = signed(bytes, at + 1, lengthBytes);
    if (!(clusters > 0) || !Number.isSafeInteger((runs.clusters + clusters) * runs.clusterBytes))
      return 'a run has no length that can be';
    if (placeBytes === 0) runs.add(-1, clusters);
    else {
      place += signed(bytes, at + 1 + lengthBytes, placeBytes);
      if (!(place >= 0 && place + clusters <= totalClusters)) return 'a run lies outside of the volume';
      runs.add(place, clusters);
    }
    if (runs.count > MOST_RUNS) return `it has more than ${MOST_RUNS} pieces`;
    at = next;
  }
  return null;
}

/** A little-endian number of 1 to 8 bytes; what is beyond 2^53 is only near, and outside of every volume. */
function signed(bytes: Buffer, at: number, length: number): number {
  if (length <= 6) return bytes.readIntLE(at, length);
  const low = bytes.readUIntLE(at, 6);
  return low + bytes.readIntLE(at + 6, length - 6) * 2 ** 48;
}
