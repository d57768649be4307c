/** A plugin that provides romfs. */
import { definePlugin } from '@diskwright/sdk';
import { readVolume } from './layout';
import { RomFilesystem } from './romFilesystem';

export default definePlugin({
  filesystems: {
    romfs: {
      probe: async (source, { signal }) => ((await readVolume(source, signal)) ? 90 : 0),
      open: (source, { signal }) => RomFilesystem.open(source, signal),
    },
  },
});
