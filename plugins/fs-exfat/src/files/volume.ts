import type { BlockSource } from '@diskwright/sdk/block';
import { LinkTable } from '@diskwright/sdk/clusters';
import type { ExfatGeometry } from '../geometry';

const ENTRY_BYTES = 4;
const BAD_CLUSTER = 0xfffffff7;

/** What reading files takes. */
export interface ExfatVolume {
  source: BlockSource;
  geometry: ExfatGeometry;
  table: LinkTable;
}

export function exfatVolume(source: BlockSource, geometry: ExfatGeometry): ExfatVolume {
  const table = new LinkTable(source, geometry, {
    offset: geometry.fatOffset,
    entryBits: 32,
    entryOf: (piece, index) => piece.readUInt32LE(index * ENTRY_BYTES),
    badMark: BAD_CLUSTER,
  });
  return { source, geometry, table };
}
