import { randomBytes } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ExtentList } from '@diskwright/sdk/extents';
import type { DeviceIdentity } from '@diskwright/sdk/protocol';
import { encodePlan, parsePlan, sha256 } from '../../core/src/common/plan/index';
import { readStoredPlan } from '../../core/src/sector/plan/storedPlan';
import { PlanBuilder } from '../support/planBuilder';
import { scratchFolder } from '../support/scratch';

const SIZE = 1024 * 1024;

function identity(size = SIZE, sectorSize: 512 | 4096 = 512): DeviceIdentity {
  return { kind: 'file', size, sectorSize, model: null, serial: null, fingerprint: 'f' };
}

function plan(): PlanBuilder {
  return new PlanBuilder().device('source', 'source', '/s', identity()).device('target', 'target', '/t', identity());
}

async function read(builder: PlanBuilder, digest?: string): Promise<unknown> {
  const saved = await builder.save(join(await scratchFolder(), 'plan'));
  return readStoredPlan(saved.planPath, saved.blobsFolder, digest ?? saved.digest);
}

describe('a stored plan', () => {
  const range = [{ offset: 0, length: 4096 }];

  it('is read when everything is right', async () => {
    const good = plan()
      .assert('check', ['target', 0], Buffer.alloc(512))
      .zero('invalidate', ['target', 0], SIZE)
      .discard('invalidate', ['target', 4096], SIZE - 4096, range)
      .copy('content', ['source', 4096], ['target', 8192], [{ offset: 512, length: 1024 }])
      .write('content', ['target', 100], randomBytes(70_000))
      .verify('content', 'target')
      .write('commit', ['target', 0], Buffer.from('here'));
    await expect(read(good)).resolves.toBeTruthy();
  });

  it('is refused under another digest than the approved one', async () => {
    await expect(read(plan(), '0'.repeat(64))).rejects.toMatchObject({
      code: 'Refused',
      message: expect.stringMatching(/digest/) as string,
    });
  });

  it('is refused when its JSON is not canonical, malformed or of another structure', () => {
    const { bytes } = encodePlan(plan().plan);
    expect(() => parsePlan(Buffer.concat([bytes, Buffer.from('\n')]))).toThrow(/canonical/);
    expect(() => parsePlan(bytes.subarray(1))).toThrow(/not JSON/);
    expect(() => parsePlan(Buffer.from('{"format":"diskwright-plan/2"}'))).toThrow(/not a valid plan/);
    expect(() => parsePlan(Buffer.from('['.repeat(100_000) + ']'.repeat(100_000)))).toThrow(/not a valid plan/);
  });

  const refusals: [string, RegExp, (builder: PlanBuilder) => PlanBuilder][] = [
    [
      'a copy past the end of its source',
      /reads .* outside of source/,
      (b) => b.copy('content', ['source', SIZE - 512], ['target', 0], range),
    ],
    [
      'a copy past the end of its target',
      /writes .* outside of target/,
      (b) => b.copy('content', ['source', 0], ['target', SIZE - 512], range),
    ],
    ['a write past the end', /writes 4 bytes/, (b) => b.write('commit', ['target', SIZE - 3], Buffer.alloc(4))],
    ['a zero whose end overflows', /outside/, (b) => b.zero('content', ['target', 512], Number.MAX_SAFE_INTEGER)],
    ['a place beyond every device', /outside/, (b) => b.zero('content', ['target', Number.MAX_SAFE_INTEGER], 512)],
    ['a write to a source', /which is a source/, (b) => b.write('commit', ['source', 0], Buffer.alloc(4))],
    ['a copy to a source', /which is a source/, (b) => b.copy('content', ['target', 0], ['source', 0], range)],
    ['an unknown device', /no device other/, (b) => b.zero('content', ['other', 0], 512)],
    ['a write while checking', /not allowed in the phase check/, (b) => b.write('check', ['target', 0], Buffer.alloc(4))],
    [
      'a copy before the old is gone',
      /not allowed in the phase invalidate/,
      (b) => b.copy('invalidate', ['source', 0], ['target', 0], range),
    ],
    ['phases out of order', /which is over/, (b) => b.zero('commit', ['target', 0], 512).zero('content', ['target', 0], 512)],
    [
      'extents that are no sectors',
      /whole sectors/,
      (b) => b.copy('content', ['source', 0], ['target', 0], [{ offset: 0, length: 100 }]),
    ],
    [
      'a zero whose extents leave its area',
      /extents reach to 8192, beyond its 4096 bytes/,
      (b) => b.zero('content', ['target', 0], 4096, [{ offset: 4096, length: 4096 }]),
    ],
    [
      'a zero whose area leaves the device',
      /outside of target/,
      (b) => b.zero('content', ['target', 4096], SIZE, [{ offset: 0, length: 4096 }]),
    ],
    [
      'a discard of parts of sectors',
      /whole sectors of 512/,
      (b) => b.discard('content', ['target', 0], 4096, [{ offset: 512, length: 100 }]),
    ],
    [
      'a zero of extents that start within a sector',
      /whole sectors of 512/,
      (b) => b.zero('content', ['target', 100], 4096, [{ offset: 0, length: 512 }]),
    ],
    ['a discard of extents of a source', /is a source/, (b) => b.discard('content', ['source', 0], 4096, range)],
    ['a copy onto itself', /onto itself/, (b) => b.copy('content', ['target', 0], ['target', 0], range)],
    ['an assert outside', /outside of source/, (b) => b.assert('check', ['source', SIZE], Buffer.alloc(1))],
    [
      'an assert on a target that was written',
      /in the phase check only/,
      (b) => b.assert('content', ['target', 0], Buffer.alloc(1)),
    ],
    ['a verify of a source', /which is a source/, (b) => b.verify('content', 'source')],
    ['two devices of one name', /two devices/, (b) => b.device('target', 'target', '/u', identity())],
    ['a device of broken sectors', /whole sectors/, (b) => b.device('odd', 'target', '/o', identity(1000))],
  ];
  it.each(refusals)('is refused for %s', async (_, message, make) => {
    await expect(read(make(plan()))).rejects.toMatchObject({
      code: 'Refused',
      message: expect.stringMatching(message) as string,
    });
  });

  it('is refused when a side file is missing, shorter, or another', async () => {
    const saved = await plan()
      .write('content', ['target', 0], randomBytes(10_000))
      .save(join(await scratchFolder(), 'plan'));
    const [digest] = await readdir(saved.blobsFolder);
    const load = (): Promise<unknown> => readStoredPlan(saved.planPath, saved.blobsFolder, saved.digest);
    await writeFile(join(saved.blobsFolder, digest!), randomBytes(10_000));
    await expect(load()).rejects.toMatchObject({ code: 'Refused', message: expect.stringMatching(/another digest/) as string });
    await writeFile(join(saved.blobsFolder, digest!), randomBytes(9_999));
    await expect(load()).rejects.toMatchObject({ code: 'Refused', message: expect.stringMatching(/9999 bytes/) as string });
    await rm(join(saved.blobsFolder, digest!));
    await expect(load()).rejects.toMatchObject({ code: 'InvalidInput' });
  });

  it('is refused when the extent list of what it zeroes is missing or another', async () => {
    const saved = await plan()
      .zero('content', ['target', 0], SIZE, range)
      .save(join(await scratchFolder(), 'plan'));
    const [digest] = await readdir(saved.blobsFolder);
    const load = (): Promise<unknown> => readStoredPlan(saved.planPath, saved.blobsFolder, saved.digest);
    await writeFile(join(saved.blobsFolder, digest!), ExtentList.fromRanges([{ offset: 0, length: 8192 }]).blob);
    await expect(load()).rejects.toMatchObject({ code: 'Refused', message: expect.stringMatching(/another digest/) as string });
    await rm(join(saved.blobsFolder, digest!));
    await expect(load()).rejects.toMatchObject({ code: 'InvalidInput' });
  });

  it('is refused when an extent list is not what its reference says', async () => {
    const builder = plan().copy('content', ['source', 0], ['target', 0], range);
    const [step] = builder.plan.steps;
    if (step?.kind === 'copy') step.extents = { ...step.extents, covered: 8192 };
    await expect(read(builder)).rejects.toThrow(/the plan says 1 of 8192/);
    const broken = plan();
    broken.blobs.clear();
    const list = ExtentList.fromRanges(range);
    const blob = Buffer.from(list.blob);
    blob.writeBigUInt64LE(0n, 24);
    const digest = sha256(blob);
    broken.blobs.set(digest, blob);
    broken.step({
      kind: 'copy',
      phase: 'content',
      structure: 's',
      reason: 'r',
      source: { device: 'source', offset: 0 },
      target: { device: 'target', offset: 0 },
      extents: { digest, bytes: blob.length, count: 1, covered: 0 },
    });
    await expect(read(broken)).rejects.toThrow(/is empty/);
  });
});
