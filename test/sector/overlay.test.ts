import fc from 'fast-check';
import { join } from 'node:path';
import { appendFile, truncate } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { WritableNode } from '../../core/src/sector/nodes/blockNode';
import { createSimulator } from '../../core/src/sector/plan/simulator';
import { MemoryNode } from '../support/memoryNode';
import { PlanBuilder } from '../support/planBuilder';
import { scratchFolder } from '../support/scratch';
import { identify, testContext, type TestContext } from '../support/testContext';

const SECTORS = 64;
const SIZE = SECTORS * 512;

function pattern(seed: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: SIZE }, (_, i) => (i * 31 + (i >> 9) * 7 + seed) & 0xff));
}

async function setUp(folder: string): Promise<{ test: TestContext; builder: PlanBuilder; source: Buffer; target: Buffer }> {
  const test = testContext(folder);
  const source = pattern(1);
  const target = pattern(128);
  test.devices.set('/source', new MemoryNode(source, '/source'));
  test.devices.set('/target', new MemoryNode(target, '/target'));
  const builder = new PlanBuilder()
    .device('source', 'source', '/source', await identify(test.devices.get('/source')!))
    .device('target', 'target', '/target', await identify(test.devices.get('/target')!));
  return { test, builder, source, target };
}

async function simulate(test: TestContext, builder: PlanBuilder, folder: string, overlay = 'result'): Promise<void> {
  const saved = await builder.save(join(folder, `${overlay}.plan`));
  await createSimulator(test.context, test.overlays).simulate({ ...saved, overlay, paths: {} });
}

const sectors = fc.tuple(fc.nat(SECTORS - 1), fc.integer({ min: 1, max: 16 }));
const operation = fc.oneof(
  fc.record({
    kind: fc.constant('copy' as const),
    self: fc.boolean(),
    shift: fc.integer({ min: -20, max: 20 }),
    ranges: fc.array(sectors),
  }),
  fc.record({
    kind: fc.constant('write' as const),
    offset: fc.nat(SIZE - 1),
    length: fc.integer({ min: 1, max: 6000 }),
    fill: fc.nat(255),
  }),
  fc.record({
    kind: fc.constant('clear' as const),
    discard: fc.boolean(),
    base: fc.nat(SECTORS - 1),
    ranges: fc.array(sectors),
  }),
  fc.record({ kind: fc.constant('zero' as const), offset: fc.nat(SIZE - 1), length: fc.integer({ min: 1, max: 9000 }) }),
);

describe('an overlay of a plan', () => {
  it('reads as the plan applied to a copy of the target, whatever the steps', async () => {
    const seed = Date.now();
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 12 }), async (operations) => {
        const folder = await scratchFolder();
        const { test, builder, source, target } = await setUp(folder);
        const model = Buffer.from(target);
        for (const step of operations) {
          if (step.kind === 'copy') {
            const from = step.self ? Buffer.from(model) : source;
            const shift = step.self && step.shift === 0 ? 1 : step.shift;
            const base = Math.max(0, -shift);
            const room = SECTORS - Math.abs(shift);
            const ranges = step.ranges
              .filter(([at]) => at < room)
              .map(([at, count]) => ({ offset: at * 512, length: Math.min(count, room - at) * 512 }));
            const to = base + shift;
            builder.copy('content', [step.self ? 'target' : 'source', base * 512], ['target', to * 512], ranges);
            for (const { offset, length } of ranges)
              from.copy(model, to * 512 + offset, base * 512 + offset, base * 512 + offset + length);
          } else if (step.kind === 'clear') {
            const room = SECTORS - step.base;
            const ranges = step.ranges
              .filter(([at]) => at < room)
              .map(([at, count]) => ({ offset: at * 512, length: Math.min(count, room - at) * 512 }));
            builder[step.discard ? 'discard' : 'zero']('content', ['target', step.base * 512], room * 512, ranges);
            for (const { offset, length } of ranges) model.fill(0, step.base * 512 + offset, step.base * 512 + offset + length);
          } else {
            const length = Math.min(step.length, SIZE - step.offset);
            const fill = step.kind === 'write' ? step.fill : 0;
            if (step.kind === 'write') builder.write('content', ['target', step.offset], Buffer.alloc(length, fill));
            else builder.zero('content', ['target', step.offset], length);
            model.fill(fill, step.offset, step.offset + length);
          }
        }
        await simulate(test, builder, folder);
        const overlay = await test.overlays.open('result', false);
        expect((await overlay.read(0, SIZE)).equals(model)).toBe(true);
        expect((await overlay.read(700, 5000)).equals(model.subarray(700, 5700))).toBe(true);
        expect(target.equals(pattern(128))).toBe(true);
        for (const list of [await overlay.extents(0, SIZE), overlay.segments(0, SIZE)]) {
          expect(list.reduce((at, run) => (run.offset === at ? at + run.length : NaN), 0)).toBe(SIZE);
        }
        await overlay.dispose();
      }),
      { seed, numRuns: 60 },
    );
  });

  it('keeps what is written to it over a reopening, and its base as it was', async () => {
    const seed = Date.now();
    const write = fc.record({ offset: fc.nat(SIZE - 1), length: fc.integer({ min: 1, max: 3000 }), fill: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 40 }), async (writes) => {
        const folder = await scratchFolder();
        const { test, builder, target } = await setUp(folder);
        await simulate(test, builder.zero('content', ['target', 1000], 3000), folder);
        const model = Buffer.from(target).fill(0, 1000, 4000);
        const node = (await test.overlays.open('result', true)) as WritableNode;
        for (const { offset, length, fill } of writes) {
          const count = Math.min(length, SIZE - offset);
          model.fill(fill, offset, offset + count);
          if (fill === 0) await node.zero(offset, count);
          else await node.write(offset, Buffer.alloc(count, fill));
        }
        expect((await node.read(0, SIZE)).equals(model)).toBe(true);
        await node.dispose();
        const again = await test.overlays.open('result', false);
        expect((await again.read(0, SIZE)).equals(model)).toBe(true);
        await again.dispose();
        expect(target.equals(pattern(128))).toBe(true);
      }),
      { seed, numRuns: 30 },
    );
  });

  it('forgets a torn index record and keeps those before it', async () => {
    const folder = await scratchFolder();
    const { test, builder, target } = await setUp(folder);
    await simulate(test, builder, folder);
    const node = (await test.overlays.open('result', true)) as WritableNode;
    await node.write(0, Buffer.alloc(512, 1));
    await node.flush();
    await node.write(4096, Buffer.alloc(512, 2));
    await node.dispose();
    const index = join(folder, 'overlays', 'result', 'written.index');
    await truncate(index, 32 + 31);
    await appendFile(index, Buffer.alloc(40, 0xff));
    const again = (await test.overlays.open('result', true)) as WritableNode;
    expect((await again.read(0, 512)).equals(Buffer.alloc(512, 1))).toBe(true);
    expect((await again.read(4096, 512)).equals(target.subarray(4096, 4608))).toBe(true);
    await again.write(8192, Buffer.alloc(512, 3));
    await again.dispose();
    const last = await test.overlays.open('result', false);
    expect((await last.read(8192, 512)).equals(Buffer.alloc(512, 3))).toBe(true);
    await last.dispose();
  });

  it('is stale when its base has changed, and says so', async () => {
    const folder = await scratchFolder();
    const { test, builder, target } = await setUp(folder);
    await simulate(test, builder, folder);
    target[100]! ^= 1;
    await expect(test.overlays.open('result', false)).rejects.toThrow(/overlay result is stale: \/target has changed/);
  });

  it('is written by one at a time, and not while another process reads it', async () => {
    const folder = await scratchFolder();
    const { test, builder } = await setUp(folder);
    await simulate(test, builder, folder);
    const writer = await test.overlays.open('result', true);
    await expect(test.overlays.open('result', true)).rejects.toThrow(/being written already/);
    const other = testContext(folder);
    other.devices = test.devices;
    await expect(other.overlays.open('result', false)).rejects.toThrow(/in use by another process/);
    await writer.dispose();
  });

  it('is refused under a name that is taken or leads elsewhere', async () => {
    const folder = await scratchFolder();
    const { test, builder } = await setUp(folder);
    await simulate(test, builder, folder);
    await expect(simulate(test, builder, folder)).rejects.toThrow(/already/);
    for (const name of ['../x', '.hidden', '', 'a/b']) expect(await test.overlays.exists(name)).toBe(false);
    await expect(test.overlays.open('nothing', false)).rejects.toThrow(/no overlay named nothing/);
  });
});
