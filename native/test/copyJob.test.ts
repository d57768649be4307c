import { createHash } from 'node:crypto';
import { closeSync, copyFileSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { blob, file, loopDevice, MiB, native, noise, open, output, scratch } from './support';

/** The options that most tests share. */
const DEFAULTS = {
  sourceOffset: 0,
  targetOffset: 0,
  sectorSize: 512,
  zeroDetection: 'write',
  onReadError: 'stop',
  retries: 0,
} as const;

/** 16 MiB with data, zeros in whole and in part of chunks. */
function content(): Buffer {
  const bytes = noise(16 * MiB);
  bytes.fill(0, 2 * MiB, 7 * MiB);
  bytes.fill(0, 9 * MiB + 100_000, 9 * MiB + 700_000);
  return bytes;
}

const WHOLE = blob([0, 16 * MiB]);

/** The definition of `blake3` and `chunkHashes`, with b3sum as the hash. */
function expectedHashes(bytes: Buffer, chunks: [offset: number, length: number][]): { blake3: string; chunkHashes: string } {
  const folder = scratch();
  const paths = chunks.map(([offset, length]) => file(bytes.subarray(offset, offset + length), folder));
  const hashes = output('b3sum', '--no-names', ...paths)
    .trim()
    .split('\n');
  const list = file(Buffer.from(hashes.join(''), 'hex'), folder);
  return {
    blake3: output('b3sum', '--no-names', list).trim(),
    chunkHashes: hashes.map((hash) => hash.slice(0, 32)).join(''),
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe.each(['buffered', 'direct'] as const)('a %s copy', (way) => {
  const direct = way === 'direct';

  it.each(['write', 'zero'] as const)('makes files equal, zeros by %s', async (zeroDetection) => {
    const [source, target] = [file(content()), file(Buffer.alloc(16 * MiB, 0xa5))];
    const job = new native.CopyJob({
      ...DEFAULTS,
      sourceFd: open(source, 'read', direct),
      targetFd: open(target, 'write', direct),
      extents: WHOLE,
      zeroDetection,
    });
    const result = await job.done;
    expect(result).toMatchObject({ state: 'done', requestsLeft: 0, holes: [], holeBytes: 0 });
    expect(result.error).toBeUndefined();
    output('cmp', source, target);
    const usedKiB = Number(output('du', '-k', target).split('\t')[0]);
    if (zeroDetection === 'zero') expect(usedKiB).toBeLessThan(11 * 1024);
    else expect(usedKiB).toBeGreaterThanOrEqual(16 * 1024);
    expect(job.progress()).toMatchObject({ readBytes: 16 * MiB, writtenBytes: 16 * MiB, holes: 0 });
    expect(job.progress().zeroBytes).toBeGreaterThanOrEqual(5 * MiB);
  });

  it.each([512, 4096] as const)('works between loop devices with sectors of %i', async (sectorSize) => {
    const bytes = content();
    const [source, target] = [file(bytes), file(Buffer.alloc(16 * MiB, 0xa5))];
    const [sourceNode, targetNode] = [loopDevice(source, sectorSize), loopDevice(target, sectorSize)];
    const targetFd = open(targetNode, 'write', direct);
    const job = new native.CopyJob({
      ...DEFAULTS,
      sourceFd: open(sourceNode, 'read', direct),
      targetFd,
      extents: WHOLE,
      zeroDetection: 'zero',
      sectorSize,
    });
    expect((await job.done).state).toBe('done');
    await native.flush(targetFd);
    await native.dropCaches(targetFd);
    expect(output('sha256sum', target).slice(0, 64)).toBe(sha256(bytes));
    expect(output('sha256sum', source).slice(0, 64)).toBe(sha256(bytes));
  });

  it('copies extents of any alignment with a shift, and nothing beside', async () => {
    const bytes = content();
    const extents: [number, number][] = [
      [3, 1],
      [5, 4091],
      [8192, 4096],
      [100_001, 3_333_333],
      [8 * MiB, 2 * MiB + 1],
    ];
    const target = file(Buffer.alloc(17 * MiB, 0xa5));
    const result = await new native.CopyJob({
      ...DEFAULTS,
      sourceFd: open(file(bytes), 'read', direct),
      targetFd: open(target, 'write', direct),
      extents: blob(...extents),
      sourceOffset: 1000,
      targetOffset: 70_000,
      inFlight: 8,
    }).done;
    expect(result.state).toBe('done');
    const expected = Buffer.alloc(17 * MiB, 0xa5);
    for (const [offset, length] of extents) bytes.copy(expected, offset + 70_000, offset + 1000, offset + 1000 + length);
    expect(readFileSync(target).equals(expected)).toBe(true);
  });
});

it('hashes chunks in extent order, as b3sum does', async () => {
  const bytes = content();
  const result = await new native.CopyJob({
    ...DEFAULTS,
    sourceFd: open(file(bytes)),
    targetFd: open(file(0), 'write'),
    extents: blob([0, 200_000], [MiB, 2 * MiB]),
    chunkBytes: 65_536,
    inFlight: 16,
  }).done;
  const chunks: [number, number][] = [
    ...[0, 65_536, 131_072].map((offset): [number, number] => [offset, 65_536]),
    [196_608, 3392],
    ...Array.from({ length: 32 }, (_, index): [number, number] => [MiB + index * 65_536, 65_536]),
  ];
  const expected = expectedHashes(bytes, chunks);
  expect(result.blake3).toBe(expected.blake3);
  expect(result.chunkHashes.toString('hex')).toBe(expected.chunkHashes);
});

it('hashes nothing where no hashes are asked for', async () => {
  const [source, target] = [file(content()), file(Buffer.alloc(16 * MiB))];
  const fds = { sourceFd: open(source, 'read'), targetFd: open(target, 'write') };
  const result = await new native.CopyJob({ ...DEFAULTS, ...fds, extents: WHOLE, hashes: false }).done;
  expect([result.state, result.blake3, result.chunkHashes.length]).toEqual(['done', '', 0]);
  output('cmp', source, target);
});

it('skips zeros where the target is zero, and leaves holes there', async () => {
  const source = file(content());
  const target = file(16 * MiB);
  const result = await new native.CopyJob({
    ...DEFAULTS,
    sourceFd: open(source),
    targetFd: open(target, 'write'),
    extents: WHOLE,
    zeroDetection: 'skip',
  }).done;
  expect(result.state).toBe('done');
  output('cmp', source, target);
  expect(statSync(target).blocks * 512).toBeLessThan(11 * MiB);
});

it('writes no byte to its source', async () => {
  const source = file(content());
  const before = `${scratch()}/before`;
  copyFileSync(source, before);
  await new native.CopyJob({ ...DEFAULTS, sourceFd: open(source), targetFd: open(file(0), 'write'), extents: WHOLE }).done;
  output('cmp', source, before);
});

it('goes on after its descriptors are closed by the caller', async () => {
  const [source, target] = [file(content()), file(0)];
  const [sourceFd, targetFd] = [native.open(source, { access: 'read' }), native.open(target, { access: 'write' })];
  const job = new native.CopyJob({ ...DEFAULTS, sourceFd, targetFd, extents: WHOLE });
  closeSync(sourceFd);
  closeSync(targetFd);
  expect((await job.done).state).toBe('done');
  output('cmp', source, target);
});

it('ends its claim on the target before it is settled', async () => {
  const node = loopDevice(file(16 * MiB));
  const targetFd = native.open(node, { access: 'write' });
  const job = new native.CopyJob({ ...DEFAULTS, sourceFd: open(file(content())), targetFd, extents: WHOLE });
  closeSync(targetFd);
  await job.done;
  closeSync(native.open(node, { access: 'write' }));
});

it('calls back, has nothing to do with no extents, and cancelling it afterwards changes nothing', async () => {
  const results: native.CopyResult[] = [];
  const options = { ...DEFAULTS, sourceFd: open(file(1)), targetFd: open(file(1), 'write'), extents: blob() };
  const job = new native.CopyJob(options, (result) => results.push(result));
  const result = await job.done;
  job.cancel();
  expect(result).toMatchObject({ state: 'done', blake3: native.blake3(Buffer.alloc(0)).toString('hex') });
  expect(results).toEqual([result]);
});
