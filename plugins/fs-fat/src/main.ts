/** FAT12, FAT16 and FAT32. */
import { definePlugin } from '@diskwright/sdk';
import { listEntries, mapClusters } from './clusterViews';
import { FatFilesystem } from './fatFilesystem';
import { probeFat } from './probe';

export default definePlugin({
  filesystems: {
    fat: {
      probe: (source, context) => probeFat(source, context.signal),
      open: (source, context) => FatFilesystem.open(source, context.offset, context.signal),
    },
  },
  commands: {
    'fs-fat.usageMap': { execute: mapClusters },
    'fs-fat.entries': { execute: listEntries },
  },
});
