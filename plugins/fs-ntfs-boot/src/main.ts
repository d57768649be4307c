/** Boot records of NTFS. */
import { definePlugin } from '@diskwright/sdk';
import { NtfsFilesystem } from './ntfsFilesystem';
import { probeNtfs } from './probe';

export default definePlugin({
  filesystems: {
    'ntfs-boot': {
      probe: (source, context) => probeNtfs(source, context.signal),
      open: (source, context) => NtfsFilesystem.open(source, context.signal),
    },
  },
});
