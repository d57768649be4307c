import { expect, test } from 'vitest';
import type { Partition } from '../protocol/types';
import { layoutGaps } from './layoutGaps';

const partition = (role: Partition['role'], start: number, size: number): Partition => ({
  ...{ number: 1, type: '0x83', typeName: 'Linux', name: null, id: null, bootable: false },
  ...{ role, start, size },
});

test('gaps lie outside of table and partitions, and not within an extended partition', () => {
  const structures = [{ name: 'master boot record', offset: 0, length: 512 }];
  const partitions = [partition('primary', 4096, 4096), partition('extended', 16384, 16384), partition('logical', 20480, 4096)];
  expect(layoutGaps({ structures, partitions }, 40960)).toEqual([
    { start: 512, size: 3584 },
    { start: 8192, size: 8192 },
    { start: 32768, size: 8192 },
  ]);
});
