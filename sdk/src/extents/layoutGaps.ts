import type { DeviceLayout, TableLayout } from '../protocol/types';
import { ExtentList } from './extentList';
import { complement } from './operations';

/**
 * What neither the table nor a partition has of a device of `size` bytes, as a device's layout lists it: ascending. An extended partition has all that it
 * covers, the room between its logical ones included.
 */
export function layoutGaps(
  { structures, partitions }: Pick<TableLayout, 'structures' | 'partitions'>,
  size: number,
): DeviceLayout['gaps'] {
  const occupied = [...structures, ...partitions.map((partition) => ({ offset: partition.start, length: partition.size }))];
  const gaps = complement(ExtentList.fromRanges(occupied), size);
  return [...gaps].map(({ offset, length }) => ({ start: offset, size: length }));
}
