import type { BlockSource } from '@diskwright/sdk/block';
import { isCluster } from '@diskwright/sdk/clusters';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { clusterOffset, type FatGeometry } from './geometry';
import { Attribute, DELETED, directoryEntry, END_OF_DIRECTORY, ESCAPED_E5 } from './structures/directoryEntry';
import { trimText } from './structures/oemText';

/** A directory has at most 2 MiB (specification, section 6). */
const MOST_BYTES = 2 * 1024 * 1024;

/** The pieces of the root directory in order, bounded by the size that the specification allows; ends where the chain does, however it is broken. */
async function* rootPieces(source: BlockSource, geometry: FatGeometry, signal?: AbortSignal): AsyncGenerator<ByteRange> {
  if (geometry.rootCluster === null) {
    yield { offset: geometry.rootOffset, length: Math.min(geometry.rootBytes, MOST_BYTES) };
    return;
  }
  let cluster = geometry.rootCluster;
  for (let done = 0; done < MOST_BYTES && isCluster(geometry, cluster); done += geometry.clusterBytes) {
    yield { offset: clusterOffset(geometry, cluster), length: geometry.clusterBytes };
    const fat = geometry.activeFats[0] ?? 0;
    const entry = await source.read(geometry.fatOffset + fat * geometry.fatBytes + cluster * 4, 4, signal);
    cluster = entry.readUInt32LE(0) & 0x0fff_ffff;
  }
}

/**
 * The volume label: the root directory's first entry that is one, as libblkid takes it, trimmed; null when there is none. Needs a geometry without
 * errors.
 */
export async function readVolumeLabel(source: BlockSource, geometry: FatGeometry, signal?: AbortSignal): Promise<string | null> {
  for await (const piece of rootPieces(source, geometry, signal)) {
    const bytes = await source.read(piece.offset, piece.length, signal);
    for (let at = 0; at < bytes.length; at += directoryEntry.size) {
      const first = bytes[at];
      if (first === END_OF_DIRECTORY) return null;
      if (first === DELETED) continue;
      const entry = directoryEntry.read(bytes, at);
      const isLabel =
        (entry.attributes & (Attribute.volumeId | Attribute.directory)) === Attribute.volumeId &&
        (entry.attributes & Attribute.mask) !== Attribute.longName &&
        entry.clusterHigh === 0 &&
        entry.clusterLow === 0;
      if (!isLabel) continue;
      if (first === ESCAPED_E5) bytes[at] = DELETED;
      return trimText(directoryEntry.read(bytes, at).name);
    }
  }
  return null;
}
