import type { BlockSource } from '@diskwright/sdk/block';
import { LinkTable } from '@diskwright/sdk/clusters';
import { BAD_CLUSTER, entryOf } from '../clusterState';
import type { FatGeometry } from '../geometry';

/** What reading files takes. */
export interface FatVolume {
  source: BlockSource;
  geometry: FatGeometry;
  table: LinkTable;
}

/** The first FAT that is kept up to date. */
export function fatTable(source: BlockSource, geometry: FatGeometry): LinkTable {
  const { width, fatOffset, fatBytes, activeFats } = geometry;
  return new LinkTable(source, geometry, {
    offset: fatOffset + (activeFats[0] ?? 0) * fatBytes,
    entryBits: width,
    entryOf: (piece, index) => entryOf(width, piece, index),
    badMark: BAD_CLUSTER[width],
  });
}
