/** What exFAT is held against: images by mkfs.exfat and the FUSE driver, read by the driver, dump.exfat and fsck.exfat. */
import { strictEqual } from 'node:assert/strict';
import { defineConformance, tryTool } from '@diskwright/sdk/testing';
import { TOOLS } from '../testing/exfatImage';
import { oracle } from './oracle';
import { recipes } from './recipes';

const judged = (path: string): number | null => tryTool('fsck.exfat', ['-n', path]).status;

export default defineConformance({
  filesystem: 'exfat',
  tools: [...TOOLS, 'mount.exfat-fuse'],
  recipes,
  oracle,
  // It stumbles over entry sets that are longer than a cluster.
  judgeCopy: (copy, path) => strictEqual(judged(copy), judged(path), 'fsck.exfat judges the copy otherwise'),
});
