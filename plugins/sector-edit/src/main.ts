/** The sector-edit plugin: plans that write bytes which the user has edited. */
import { definePlugin } from '@diskwright/sdk';
import { resolveEdits, writeEdits } from './writeEdits';

export default definePlugin({
  commands: {
    'sector-edit.write': { execute: writeEdits, resolve: resolveEdits },
  },
});
