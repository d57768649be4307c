/** What XFS is held against: images by mkfs.xfs and the kernel, read by the kernel and xfs_db. */
import { strictEqual } from 'node:assert/strict';
import { defineConformance, tryTool } from '@diskwright/sdk/testing';
import { xfsTools } from '../testing/xfsImage';
import { oracle } from './oracle';
import { recipes } from './recipes';

export default defineConformance({
  filesystem: 'xfs',
  tools: [...xfsTools, 'python3'],
  recipes,
  oracle,
  judgeCopy: (copy) => strictEqual(tryTool('xfs_repair', ['-n', copy]).status, 0, 'xfs_repair does not like the copy'),
});
