/** @module-tag alone */
import { expect, test } from 'vitest';
import { toolsMissing } from '@diskwright/sdk/testing';
import { TOOLS } from './testing/fatImage';
import { makeFat, openFat, signal } from './testing/openFat';

const GIB = 1024 ** 3;

test.skipIf(toolsMissing(...TOOLS))('the allocation of 32 GiB with clusters of 4 KiB takes well under a second', async () => {
  const image = makeFat(32 * GIB, ['-F', '32', '-s', '8']).fillAndFragment(9, 10, 300_000);
  const oracle = image.oracle();
  const filesystem = await openFat(image.path);
  const startedAt = performance.now();
  const { confidence, extents } = await filesystem.allocation(signal);
  const milliseconds = performance.now() - startedAt;

  expect(confidence).toBe('exact');
  expect(extents?.covered).toBe(oracle.dataOffset + oracle.usedClusters.length * oracle.clusterBytes);
  expect(milliseconds).toBeLessThan(2000);
});
