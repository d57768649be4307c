/** The partition-edit plugin: plans that change a partition table and move what its partitions hold. */
import { definePlugin } from '@diskwright/sdk';
import { applyOperations } from './applyOperations';
import { resolveOperations } from './resolveOperations';

export default definePlugin({
  commands: {
    'partition-edit.apply': { execute: applyOperations, resolve: resolveOperations },
  },
});
