/** The disk-clone plugin: plans that copy a disk, or one volume. */
import { definePlugin } from '@diskwright/sdk';
import { cloneDisk } from './cloneDisk';
import { clonePartition } from './clonePartition';

definePlugin({
  commands: {
    'disk-clone.cloneDisk': { execute: cloneDisk },
    'disk-clone.clonePartition': { execute: clonePartition },
  },
});
