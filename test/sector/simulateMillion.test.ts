/** A stored plan with a million extents is simulated, and its overlay answers the right bytes. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type ExtentList, ExtentListBuilder } from '@diskwright/sdk/extents';
import { createSimulator } from '../../core/src/sector/plan/simulator';
import { MemoryNode } from '../support/memoryNode';
import { PlanBuilder } from '../support/planBuilder';
import { scratchFolder } from '../support/scratch';
import { identify, testContext } from '../support/testContext';

const EXTENTS = 1_000_000;
const UNIT = 64 * 1024;
const SIZE = EXTENTS * UNIT;

/** A device whose sectors of 512 bytes are all different from each other and from those of another salt. */
class PatternNode extends MemoryNode {
  constructor(
    path: string,
    private readonly salt: number,
  ) {
    super(Buffer.alloc(0), path);
  }

  override get size(): number {
    return SIZE;
  }

  override async read(offset: number, length: number): Promise<Buffer> {
    const first = Math.floor(offset / 512);
    const sectors = Buffer.alloc((Math.floor((offset + length - 1) / 512) - first + 1) * 512, this.salt);
    for (let at = 0; at < sectors.length; at += 512) sectors.writeDoubleLE(first + at / 512, at);
    return sectors.subarray(offset - first * 512, offset - first * 512 + length);
  }
}

/** One extent of each unit, `start` bytes into it. */
function scattered(start: number, length: number): ExtentList {
  const builder = new ExtentListBuilder();
  for (let index = 0; index < EXTENTS; index++) builder.add(index * UNIT + start, length);
  return builder.build();
}

it('copies and zeroes a million extents each', async () => {
  const folder = await scratchFolder();
  const { context, overlays, devices } = testContext(folder);
  const [source, target] = [new PatternNode('/source', 1), new PatternNode('/target', 2)];
  for (const node of [source, target]) devices.set(node.path, node);
  const plan = new PlanBuilder()
    .device('source', 'source', '/source', await identify(source))
    .device('target', 'target', '/target', await identify(target))
    .zero('content', ['target', 0], SIZE, scattered(32_768, 4096))
    .copy('content', ['source', 0], ['target', 0], scattered(4096, 8192))
    .copy('content', ['source', 512], ['target', 0], scattered(34_816, 1024));
  const saved = await plan.save(join(folder, 'plan'));

  await createSimulator(context, overlays).simulate({ ...saved, overlay: 'million', paths: {} });

  const overlay = await overlays.open('million', false);
  try {
    for (const unit of [0, 1, 499_999, EXTENTS - 1]) {
      const at = unit * UNIT;
      const expected = Buffer.from(await target.read(at, UNIT));
      (await source.read(at + 4096, 8192)).copy(expected, 4096);
      expected.fill(0, 32_768, 36_864);
      (await source.read(at + 34_816 + 512, 1024)).copy(expected, 34_816);
      expect((await overlay.read(at, UNIT)).equals(expected)).toBe(true);
      expect((await overlay.read(at + 4000, 40_000)).equals(expected.subarray(4000, 44_000))).toBe(true);
    }
  } finally {
    await overlay.dispose();
  }
});
