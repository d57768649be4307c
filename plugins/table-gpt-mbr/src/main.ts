/** GPT and MBR partition tables. */
import { definePlugin } from '@diskwright/sdk';
import { createTable } from './edit/editTable';
import { showEntries } from './entriesView';
import { OpenGptMbr } from './openGptMbr';
import { readTable } from './readTable';

export default definePlugin({
  partitionTables: {
    'gpt-mbr': {
      probe: async (source, context) => {
        const found = await readTable(source, context.signal);
        return found ? { score: found.score, type: found.table.kind } : { score: 0, type: 'none' };
      },
      create: createTable,
      open: (source, context) => OpenGptMbr.open(source, context.signal),
    },
  },
  commands: { 'table-gpt-mbr.entries': { execute: showEntries } },
});
