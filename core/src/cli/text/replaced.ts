import type { ByteRange, DeviceLayout, Plan, Step } from '@diskwright/sdk/protocol';
import { writeLength } from '../../common/plan';

/** What a plan takes away from its target. */
export interface Replaced {
  /** A sentence for the user. */
  text: string;
  /** Something that was recognised is lost. */
  holdsData: boolean;
  /** What follows the device's name to name just what is lost: `#2`, or nothing for the whole. */
  suffix: string;
}

/** Holds what a plan writes to a device against what lies there now. */
export function replacedBy(plan: Plan, device: string, layout: DeviceLayout): Replaced {
  const { path } = layout.device;
  const written = plan.steps.map((step) => writtenRange(step, device)).filter((range) => range !== null);
  const partitions = layout.partitions.filter(({ start, size }) => written.some((range) => overlaps(range, start, size)));
  if (layout.table.type === 'none' && !layout.volume) {
    return { text: `Nothing is recognised on ${path}.`, holdsData: false, suffix: '' };
  }
  const touchesTable = written.some((range) => overlaps(range, 0, layout.device.sectorSize));
  const isWhole = layout.table.type === 'none' || (touchesTable && partitions.length === layout.partitions.length);
  if (isWhole || partitions.length === 0) {
    const text = isWhole ? `All that is on ${path} will be replaced.` : `${path} will be written to, outside of its partitions.`;
    return { text, holdsData: true, suffix: '' };
  }
  const names = partitions.map(({ number, filesystem }) => {
    const label = filesystem?.label ? ` "${filesystem.label}"` : '';
    return filesystem ? `partition ${number} (${filesystem.type}${label})` : `partition ${number}`;
  });
  return {
    text: `On ${path}, what is in ${names.join(', ')} will be replaced; the rest stays.`,
    holdsData: true,
    suffix: partitions.length === 1 ? `#${partitions[0]!.number}` : '',
  };
}

/** Where a step writes; of a copy, whose extents lie in a side file, only where they are counted from. */
function writtenRange(step: Step, device: string): ByteRange | null {
  if (!('target' in step) || step.target.device !== device) return null;
  const { offset } = step.target;
  if (step.kind === 'copy') return { offset, length: 1 };
  return { offset, length: step.kind === 'write' ? writeLength(step.bytes) : step.length };
}

const overlaps = ({ offset, length }: ByteRange, start: number, size: number): boolean =>
  offset < start + size && start < offset + length;
