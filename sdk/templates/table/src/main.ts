/** A plugin that provides a partition table. The magic bytes by which Diskwright asks it stand in package.json. */
import { definePlugin } from '@diskwright/sdk';
import { readHeader } from './header';
import { ExampleTable } from './table';

export default definePlugin({
  partitionTables: {
    'example-name': {
      // Diskwright shows the kinds `gpt` and `mbr`: say which of them a table of yours is like.
      probe: async (source, { signal }) =>
        (await readHeader(source, signal)) ? { score: 90, type: 'mbr' } : { score: 0, type: 'none' },
      open: (source, { signal }) => ExampleTable.open(source, signal),
    },
  },
});
