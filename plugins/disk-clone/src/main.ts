/** The disk-clone plugin: plans that copy a disk, or one volume. */
import { definePlugin } from '@diskwright/sdk';
import { cloneDisk } from './cloneDisk';
import { clonePartition } from './clonePartition';
import { resolveCloneDisk } from './resolve/resolveCloneDisk';
import { resolveClonePartition } from './resolve/resolveClonePartition';

definePlugin({
  commands: {
    'disk-clone.cloneDisk': { resolve: resolveCloneDisk, execute: cloneDisk },
    'disk-clone.clonePartition': { resolve: resolveClonePartition, execute: clonePartition },
  },
});
