/** What FAT is held against: images by mkfs.fat and mtools, read by The Sleuth Kit, mtools and fsck.fat. */
import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { defineConformance } from '@diskwright/sdk/testing';
import { FatImage, TOOLS, tryRun } from '../testing/fatImage';
import { oracle } from './oracle';
import { recipes } from './recipes';

export default defineConformance({
  filesystem: 'fat',
  tools: [...TOOLS, 'fls'],
  recipes,
  oracle,
  judgeCopy: (copy, path, { byFlsOnly }) => {
    strictEqual(
      tryRun('fsck.fat', ['-n', copy]).status,
      tryRun('fsck.fat', ['-n', path]).status,
      'fsck.fat judges the copy otherwise',
    );
    if (byFlsOnly) return;
    const image = new FatImage(path);
    deepStrictEqual(image.contents(copy), image.contents(), 'mcopy reads other contents off the copy');
  },
});
