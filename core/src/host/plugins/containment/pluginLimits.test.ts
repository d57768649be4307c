import { expect, test } from 'vitest';
import { limitsOf, PLUGIN_LIMITS } from './pluginLimits';

const MIB = 1024 * 1024;

test.each([
  [undefined, 512],
  [1536, 1536],
  [256, 512],
])('a plugin whose manifest asks for %s MiB of memory gets %i', (memoryMebibytes, expected) => {
  const limits = { ...PLUGIN_LIMITS, memoryBytes: 512 * MIB };
  expect(limitsOf({ contributes: {}, memoryMebibytes }, limits)).toEqual({ ...limits, memoryBytes: expected * MIB });
});
