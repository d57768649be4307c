import type { BlockSource } from '../block/index';
import { DamagedStructureError, RefusedError } from '../errors';
import { ExtentList } from '../extents/index';
import { computeGeneration, type Filesystem, type FilesystemProvider } from '../provider/index';
import type { FilesystemEntry } from '../protocol/types';

/**
 * The least filesystem there can be, for the tests of hosts: sector 0 is `TOYFS`, a byte of flags (1: unclean), a byte with the number of used
 * sectors. Its one directory holds as many files as sectors are used.
 */
export function makeToyVolume(options: { sectors?: number; used?: number; unclean?: boolean } = {}): Buffer {
  const bytes = Buffer.alloc((options.sectors ?? 16) * 512, 0xa5);
  bytes.fill(0, 0, 512).write('TOYFS', 'latin1');
  bytes[5] = options.unclean ? 1 : 0;
  bytes[6] = options.used ?? 4;
  return bytes;
}

export const toyProvider: FilesystemProvider = {
  async probe(source, { signal }) {
    return source.size >= 512 && (await source.read(0, 5, signal)).toString('latin1') === 'TOYFS' ? 90 : 0;
  },
  async open(source, { signal }) {
    if (source.size < 512) throw new DamagedStructureError('toy boot sector', 'the volume ends before it does');
    const boot = await source.read(0, 512, signal);
    if (boot.toString('latin1', 0, 5) !== 'TOYFS')
      throw new DamagedStructureError('toy boot sector', 'wrong magic bytes', { offset: 0, length: 5 });
    return openToy(source, boot);
  },
};

function openToy(source: BlockSource, boot: Buffer): Filesystem {
  const used = boot[6]!;
  const clean = boot[5] === 0;
  const entry = (index: number): FilesystemEntry => ({
    path: `file${index}.${'x'.repeat(200)}`,
    node: `n${index}`,
    type: 'file',
    size: 512,
    mtime: null,
  });
  return {
    info: async () => ({
      type: 'toyfs',
      label: null,
      uuid: null,
      size: source.size,
      used: used * 512,
      blockSize: 512,
      clean,
      sectorSize: 512,
      features: [],
      details: [],
    }),
    allocation: async () =>
      clean
        ? {
            confidence: 'exact',
            extents: ExtentList.fromRanges([{ offset: 0, length: Math.min(used * 512, source.size) }]),
            reasons: [],
          }
        : { confidence: 'unknown', extents: null, reasons: ['it was not unmounted'] },
    commitExtents: async () => [{ offset: 0, length: 512 }],
    generation: (signal) => computeGeneration(source, [{ offset: 0, length: 512 }], signal),
    signatures: async () => [{ offset: 0, length: 5, name: 'toy magic' }],
    relocate: async ({ newStart, newSectorSize }) => {
      if (newSectorSize !== 512) throw new RefusedError('toyfs needs sectors of 512 bytes');
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(BigInt(newStart));
      const large = Buffer.alloc(100_000, 1);
      const common = { structure: 'toy boot sector', reason: 'it says where it lies' };
      return {
        writes: [
          { offset: 8, bytes, ...common },
          { offset: 512, bytes: large, ...common },
        ],
        warnings: [],
      };
    },
    async *structures(signal) {
      for (let index = 0; index < 1000; index++) {
        signal.throwIfAborted();
        yield { name: `structure ${index}`, source: 'here', offset: index, length: 1, fields: [], findings: [] };
      }
    },
    check: async () =>
      clean ? [] : [{ severity: 'warning', code: 'toy.unclean', message: 'not unmounted', ranges: [{ offset: 5, length: 1 }] }],
    files: {
      root: { node: 'root', type: 'directory', size: 0, mtime: null },
      readdir: function* (node) {
        if (node === 'root') for (let index = 0; index < 5000; index++) yield entry(index);
      },
    },
  };
}
