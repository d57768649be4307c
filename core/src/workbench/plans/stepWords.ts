import type { Step } from '@diskwright/sdk/protocol';
import { printable } from '../../common/text/printable';
import { formatSize, plural } from '../../common/text/size';

/** A step as a person reads it. */
export interface StepWords {
  /** A codicon's name. */
  icon: string;
  /** `Copy 7.4 MiB of partition 2 (ext4)` */
  title: string;
  /** Where, and why: `4 extents, to target at 17825792`. */
  detail: string;
  /** The first byte concerned; null when it is no single place. */
  place: { device: string; offset: number } | null;
}

/** Says what a step does. Structure and reason come from a plugin and are hostile text. */
export function stepWords(step: Step): StepWords {
  const [structure, reason] = [printable(step.structure), printable(step.reason)];
  switch (step.kind) {
    case 'copy': {
      const { source, target, extents } = step;
      const way =
        source.device === target.device && source.offset !== target.offset
          ? `moved from ${at(source)} to ${at(target)}`
          : `from ${at(source)} to ${at(target)}`;
      return {
        icon: 'copy',
        title: `Copy ${formatSize(extents.covered)} of ${structure}`,
        detail: join(plural(extents.count, 'extent'), way, reason),
        place: target,
      };
    }
    case 'write':
      return {
        icon: 'edit',
        title: `Write ${structure}, ${formatSize(writtenBytes(step.bytes))}`,
        detail: join(`to ${at(step.target)}`, reason),
        place: step.target,
      };
    case 'zero':
      return {
        icon: 'clear-all',
        title: `Fill ${structure} with zeros, ${formatSize(areaBytes(step))}`,
        detail: join(areaText(step), reason),
        place: step.target,
      };
    case 'discard':
      return {
        icon: 'trash',
        title: `Tell the device that ${structure} is no longer needed, ${formatSize(areaBytes(step))}`,
        detail: join(areaText(step), reason),
        place: step.target,
      };
    case 'verify':
      return {
        icon: 'verified',
        title: `Read back and compare: ${structure}`,
        detail: join(`on ${step.device}, past all caches`, reason),
        place: null,
      };
    case 'assert':
      return {
        icon: 'shield',
        title: `Make sure that nothing has changed: ${structure}`,
        detail: join(`${plural(step.ranges.length, 'range')} of ${at(step.device)}`, reason),
        place: step.device,
      };
  }
}

const at = ({ device, offset }: { device: string; offset: number }): string => `${device} at ${offset}`;

type Area = Step & { kind: 'zero' | 'discard' };

const areaBytes = (step: Area): number => step.extents?.covered ?? step.length;
const areaText = (step: Area): string =>
  step.extents ? `${plural(step.extents.count, 'extent')} from ${at(step.target)}` : `from ${at(step.target)}`;

function writtenBytes(bytes: (Step & { kind: 'write' })['bytes']): number {
  if (typeof bytes !== 'string') return bytes.bytes;
  const padding = bytes.endsWith('==') ? 2 : bytes.endsWith('=') ? 1 : 0;
  return (bytes.length / 4) * 3 - padding;
}

const join = (...parts: string[]): string => parts.filter(Boolean).join(', ');
