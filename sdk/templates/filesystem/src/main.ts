/** A plugin that provides a filesystem. The magic bytes by which Diskwright asks it stand in package.json. */
import { definePlugin } from '@diskwright/sdk';
import { ExampleFilesystem } from './filesystem';
import { readSuperblock } from './superblock';

export default definePlugin({
  filesystems: {
    'example-name': {
      probe: async (source, { signal }) => ((await readSuperblock(source, signal)) ? 90 : 0),
      open: (source, { signal }) => ExampleFilesystem.open(source, signal),
    },
  },
});
