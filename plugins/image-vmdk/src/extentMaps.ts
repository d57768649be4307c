import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { type ImageMap, type ImageRun, RunList } from '@diskwright/sdk/image';

/** Sectors as they are in a file. What the file is too short for fails when it is read. */
export function flatExtent(file: BlockSource, name: string, offset: number, size: number): ImageMap {
  const there = Math.max(0, Math.min(size, file.size - offset));
  const missing = (): never => {
    throw new DamagedStructureError('VMDK extent', `${name} ends at byte ${file.size}, before the data that it should have`, {
      todo: 'It may have been copied only in part: compare its size with the original.',
    });
  };
  return mapOf(size, (at, length) => {
    const stored = Math.max(0, Math.min(length, there - at));
    return [
      { kind: 'stored', length: stored, source: file, offset: offset + at },
      { kind: 'made', length: length - stored, read: async () => missing() },
    ];
  });
}

export function zeroExtent(size: number): ImageMap {
  return mapOf(size, (_, length) => [{ kind: 'hole', length }]);
}

function mapOf(size: number, runsOf: (at: number, length: number) => ImageRun[]): ImageMap {
  return {
    size,
    runs: async (at, length) => {
      const list = new RunList();
      for (const run of runsOf(at, length)) if (run.length > 0) list.add(run);
      return list;
    },
  };
}
