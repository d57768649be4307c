import { rangesMeet } from '@diskwright/sdk/extents';
import type { ByteRange, DeviceLayout } from '@diskwright/sdk/protocol';
import { plural } from '../../../common/text/size';

/** What is lost on a device when it is written to. */
export interface Replaced {
  /** A sentence for the user. */
  text: string;
  /** Something that was recognised is lost. */
  holdsData: boolean;
  /** What follows the device's name to name just what is lost: `#2`, or nothing for the whole. */
  suffix: string;
}

/**
 * Holds what will be written against what lies there now. That something stays is said only when all that is written lies within single partitions.
 * @param written every range that may be written
 * @param edit a few bytes are changed, and nothing else is
 */
export function replacedBy(
  written: readonly ByteRange[],
  { device, table, partitions, volume }: DeviceLayout,
  edit = false,
): Replaced {
  const { path } = device;
  const bytes = edit
    ? plural(
        written.reduce((sum, { length }) => sum + length, 0),
        'byte',
      )
    : '';
  if (table.type === 'none' && !volume) return { text: `Nothing is recognised on ${path}.`, holdsData: false, suffix: '' };
  const touched = partitions.filter(({ start, size }) =>
    written.some((range) => rangesMeet(range, { offset: start, length: size })),
  );
  if (table.type !== 'none' && touched.length === 0) {
    return { text: `${path} will be written to, outside of its partitions.`, holdsData: true, suffix: '' };
  }
  // An extended partition holds others: what lies within one of those lies within both.
  const innermost = touched.filter(({ role }) => role !== 'extended');
  if (edit && table.type === 'none')
    return { text: `${bytes} on ${path} will be changed; the rest stays.`, holdsData: true, suffix: '' };
  if (table.type === 'none' || !written.every((range) => innermost.some((partition) => contains(partition, range)))) {
    return { text: `All that is on ${path} will be replaced.`, holdsData: true, suffix: '' };
  }
  const names = innermost.map(({ number, filesystem }) => {
    const label = filesystem?.label ? ` "${filesystem.label}"` : '';
    return filesystem ? `partition ${number} (${filesystem.type}${label})` : `partition ${number}`;
  });
  const suffix = innermost.length === 1 ? `#${innermost[0]!.number}` : '';
  if (edit)
    return { text: `On ${path}, ${bytes} in ${names.join(', ')} will be changed; the rest stays.`, holdsData: true, suffix };
  return {
    text: `On ${path}, what is in ${names.join(', ')} will be replaced; the rest stays.`,
    holdsData: true,
    suffix,
  };
}

const contains = ({ start, size }: { start: number; size: number }, { offset, length }: ByteRange): boolean =>
  offset >= start && offset + length <= start + size;
