import { expect, test } from 'vitest';
import { ExtentList } from '../extents/index';
import type { Filesystem, FilesystemProvider } from '../provider/index';
import { checkFilesystemProvider } from './checkFilesystemProvider';
import { makeToyVolume, toyProvider } from './toyFilesystem';

const volume = makeToyVolume();

/** The toy provider with one thing about it changed. */
function wrong(change: Partial<Filesystem>): FilesystemProvider {
  return { ...toyProvider, open: async (source, context) => ({ ...(await toyProvider.open(source, context)), ...change }) };
}

test('a sound provider passes', async () => {
  await checkFilesystemProvider({ provider: toyProvider, volume });
});

test.each<[string, FilesystemProvider, RegExp]>([
  ['takes everything for its own', { ...toyProvider, probe: async () => 100 }, /takes zeros for its own/],
  [
    'points outside',
    wrong({
      allocation: async () => ({
        confidence: 'exact',
        extents: ExtentList.fromRanges([{ offset: 0, length: 1e6 }]),
        reasons: [],
      }),
    }),
    /allocated extent at 0, 1000000 bytes, lies outside/,
  ],
  [
    'commits what it does not copy',
    wrong({ commitExtents: async () => [{ offset: 4096, length: 512 }] }),
    /commit extent at 4096 is not in the allocation/,
  ],
  [
    'gives no reason',
    wrong({ allocation: async () => ({ confidence: 'unknown', extents: null, reasons: [] }) }),
    /unknown gives 0 reasons/,
  ],
  [
    'has an unsteady generation',
    wrong({ generation: async () => ({ ranges: [], digest: String(Math.random()) }) }),
    /generation changes/,
  ],
  [
    'has a generation that never changes',
    wrong({ generation: async () => ({ ranges: [{ offset: 0, length: 8 }], digest: 'x' }) }),
    /generation stays/,
  ],
  [
    'crashes on damage',
    {
      ...toyProvider,
      open: (source, context) =>
        source
          .read(6, 1, context.signal)
          .then(([used]) => (used === 4 ? toyProvider.open(source, context) : Promise.reject(new TypeError('oops')))),
    },
    /ends with TypeError: oops/,
  ],
  [
    'is deaf to a cancel',
    {
      ...toyProvider,
      open: async (source, context) =>
        toyProvider.open(
          { ...source, size: source.size, sectorSize: 512, read: (offset, length) => source.read(offset, length) },
          context,
        ),
    },
    /goes on for more than two seconds/,
  ],
])('one that %s fails, and is told why', async (_name, provider, message) => {
  await expect(checkFilesystemProvider({ provider, volume, damageAt: [5, 6] })).rejects.toThrow(message);
});
