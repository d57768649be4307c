import { writeFileSync } from 'node:fs';
import type { ContainerRecipe } from '@diskwright/sdk/testing';
import { device } from '../testing/fixtures';

export interface MdRecipe extends ContainerRecipe {
  /** As the driver's array is called among the fixtures. */
  array: string;
  /** The device in it is called so. */
  called: string;
  /** It cannot be read, for that reason. */
  unavailable?: RegExp;
  warnings?: readonly RegExp[];
}

/** @param indexes which of its devices are given, in which order */
function recipe(array: string, called: string, indexes: readonly number[], more: Partial<MdRecipe> = {}): MdRecipe {
  const given = `${array}, ${indexes.length === 1 ? 'device' : 'devices'} ${indexes.join(', ')}`;
  return {
    name: given,
    array,
    called,
    members: indexes.length,
    ...more,
    make: (paths) => indexes.forEach((index, place) => writeFileSync(paths[place]!, device(`${array}.${index}`))),
  };
}

const degraded = { warnings: [/degraded: 1 of 2/] };
const parity = (level: string): Partial<MdRecipe> => ({ unavailable: new RegExp(`it is ${level}, which is not read`) });

/** Arrays that the kernel's driver made: see test/fixtures/volumes/README.md. */
export const recipes: readonly MdRecipe[] = [
  ...['1.2', '1.1', '1.0'].map((version) => recipe(`raid1-${version}`, 'mirror', [0, 1])),
  recipe('raid1-0.90', 'md', [0, 1]),
  recipe('raid1-1.2', 'mirror', [1, 0]),
  recipe('raid1-1.2', 'mirror', [0], degraded),
  recipe('raid1-1.1', 'mirror', [1], degraded),
  recipe('raid1-1.0', 'mirror', [0], degraded),
  recipe('raid1-0.90', 'md', [1], degraded),
  recipe('linear-1.2', 'joined', [0, 1, 2]),
  recipe('linear-1.2', 'joined', [2, 0, 1]),
  recipe('linear-0.90', 'md', [0, 1]),
  recipe('linear-1.2', 'joined', [0, 2], { unavailable: /^device 2 of 3 is missing$/, warnings: [/degraded: 2 of 3/] }),
  recipe('stale', 'stale', [0, 1], { warnings: [/degraded: 1 of 2/, /not read\. It is stale/] }),
  recipe('stale', 'stale', [1, 0], { warnings: [/degraded: 1 of 2/, /not read\. It is stale/] }),
  recipe('spare', 'md7', [2, 1, 0], { warnings: [/It is spare/] }),
  recipe('rebuilt', 'rebuilt', [1, 0], { warnings: [/degraded: 1 of 2/, /being rebuilt/] }),
  recipe('dirty', 'dirty', [0, 1], { warnings: [/not stopped in order/, /3 of 48 chunks/] }),
  recipe('bad', 'bad', [0, 1], { warnings: [/^Device 1 .* has lost/, /^Device 2 .* has lost/] }),
  recipe('raid0', 'raid0', [0, 1, 2, 3], parity('RAID0')),
  recipe('raid5', 'raid5', [0, 1, 2, 3], parity('RAID5')),
  recipe('raid6', 'raid6', [0, 1, 2, 3], parity('RAID6')),
  recipe('raid10', 'raid10', [0, 1, 2, 3], parity('RAID10')),
];
