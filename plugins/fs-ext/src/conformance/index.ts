/** What ext2, ext3 and ext4 are held against: images by e2fsprogs and the kernel, read by the kernel, debugfs and dumpe2fs. */
import { strictEqual } from 'node:assert/strict';
import { defineConformance, tryTool } from '@diskwright/sdk/testing';
import { extTools } from '../testing/extImage';
import { oracle } from './oracle';
import { recipes } from './recipes';

const judged = (path: string): number | null => tryTool('e2fsck', ['-fn', path]).status;

export default defineConformance({
  filesystem: 'ext',
  tools: [...extTools, 'python3'],
  recipes,
  oracle,
  // Some images are not to e2fsck's liking as mke2fs made them: quota files do not count what -d filled in.
  judgeCopy: (copy, path) => {
    const status = judged(copy);
    if (status !== 0) strictEqual(status, judged(path), 'e2fsck judges the copy otherwise');
  },
});
