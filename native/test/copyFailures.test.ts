import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { blob, file, loopDevice, MiB, native, nbdFile, noise, open, memoryFilesystem, unreadableFile } from './support';

const DEFAULTS = {
  sourceOffset: 0,
  targetOffset: 0,
  sectorSize: 512,
  zeroDetection: 'write',
  onReadError: 'stop',
  retries: 0,
} as const;

/** How long a cancelled job may take, in milliseconds. */
const CANCEL_LIMIT = 100;

const BAD = [
  { offset: MiB, length: 4096 },
  { offset: 3 * MiB + 8192, length: 12_288 },
];

describe('unreadable sectors', () => {
  it.each(['write', 'skip', 'zero'] as const)('become holes with zeros, never old bytes: zeros by %s', async (zeroDetection) => {
    const content = noise(4 * MiB);
    const target = file(Buffer.alloc(4 * MiB, 0xa5));
    const job = new native.CopyJob({
      ...DEFAULTS,
      sourceFd: open(await unreadableFile(content, ...BAD), 'read', true),
      targetFd: open(target, 'write'),
      extents: blob([0, 4 * MiB]),
      zeroDetection,
      onReadError: 'skip',
      retries: 1,
    });
    const result = await job.done;
    for (const { offset, length } of BAD) content.fill(0, offset, offset + length);
    expect(result).toMatchObject({ state: 'done', holes: BAD, holeBytes: 16_384 });
    expect(readFileSync(target).equals(content)).toBe(true);
    expect(job.progress().holes).toBe(2);
  });

  it('are told by their place on the source, also within a chunk', async () => {
    const result = await new native.CopyJob({
      ...DEFAULTS,
      sourceFd: open(await unreadableFile(noise(4 * MiB), ...BAD), 'read', true),
      targetFd: open(file(0), 'write'),
      extents: blob([1024, 4096], [2 * MiB, 1024 * 1024 + 2048]),
      sourceOffset: MiB - 2048,
      targetOffset: 4096,
      onReadError: 'skip',
    }).done;
    expect(result.holes).toEqual([{ offset: MiB, length: 3072 }, BAD[1]]);
  });

  it('end the job with the exact offset when they are not to be skipped', async () => {
    const result = await new native.CopyJob({
      ...DEFAULTS,
      sourceFd: open(await unreadableFile(noise(4 * MiB), BAD[1]!), 'read', true),
      targetFd: open(file(0), 'write'),
      extents: blob([0, 4 * MiB]),
      retries: 2,
    }).done;
    expect(result).toMatchObject({
      state: 'failed',
      error: { code: 'EIO', offset: BAD[1]!.offset, side: 'source' },
      blake3: '',
      holes: [],
    });
    expect(result.chunkHashes).toHaveLength(0);
  });

  it('are read as one error by the page cache and still found', async () => {
    const content = noise(4 * MiB);
    const target = file(Buffer.alloc(4 * MiB, 0xa5));
    const result = await new native.CopyJob({
      ...DEFAULTS,
      sourceFd: open(await unreadableFile(content, ...BAD)),
      targetFd: open(target, 'write'),
      extents: blob([0, 4 * MiB]),
      onReadError: 'skip',
    }).done;
    for (const { offset, length } of result.holes) content.fill(0, offset, offset + length);
    expect(result.state).toBe('done');
    expect(result.holes).toEqual(BAD);
    expect(readFileSync(target).equals(content)).toBe(true);
  });

  it('that recover are retried', async () => {
    // The first read in the second half fails, the next do not.
    const flag = file(Buffer.from('x'));
    const path = await nbdFile([
      'eval',
      'get_size=echo 1M',
      `pread=if [ $(($4 + $3)) -gt 524288 ] && [ -s ${flag} ]; then : > ${flag}; echo EIO >&2; exit 1; fi; head -c $3 /dev/zero`,
    ]);
    const options = { ...DEFAULTS, extents: blob([0, MiB]), retries: 3, inFlight: 1 };
    const sourceFd = open(path, 'read', true);
    const result = await new native.CopyJob({ ...options, sourceFd, targetFd: open(file(0), 'write') }).done;
    expect(result).toMatchObject({ state: 'done', holes: [] });
    expect(readFileSync(flag)).toHaveLength(0);
  });
});

describe('what is known to be bad', () => {
  it('is read after everything else, or not at all', async () => {
    const content = noise(4 * MiB);
    const order = file(0);
    const path = await nbdFile([
      'eval',
      'get_size=echo 4M',
      `pread=echo $4 >> ${order}; dd if=${file(content)} iflag=skip_bytes,count_bytes skip=$4 count=$3 status=none`,
    ]);
    const target = file(Buffer.alloc(4 * MiB, 0xa5));
    const result = await new native.CopyJob({
      ...DEFAULTS,
      sourceFd: open(path, 'read', true),
      targetFd: open(target, 'write'),
      extents: blob([0, 4 * MiB]),
      suspects: blob([4096, 4096]),
      givenUp: blob([2 * MiB - 8192, 16_384]),
      onReadError: 'skip',
      inFlight: 1,
    }).done;
    content.fill(0, 2 * MiB - 8192, 2 * MiB + 8192);
    expect(result).toMatchObject({ state: 'done', holes: [{ offset: 2 * MiB - 8192, length: 16_384 }] });
    expect(readFileSync(target).equals(content)).toBe(true);
    const requested = readFileSync(order, 'latin1').trim().split('\n').map(Number);
    expect(Math.floor(requested[0]! / MiB)).toBe(3);
    expect(requested.filter((offset) => offset >= 2 * MiB - 8192 && offset < 2 * MiB + 8192)).toEqual([]);
  });
});

describe('a source that takes its time', () => {
  it('is told of where it is slow, and where a request hangs', async () => {
    // The third mebibyte takes two seconds and a half.
    const path = await nbdFile([
      'eval',
      'get_size=echo 4M',
      `pread=if [ $4 -ge ${2 * MiB} ] && [ $4 -lt ${3 * MiB} ]; then sleep 2.5; fi; head -c $3 /dev/zero`,
    ]);
    const options = { ...DEFAULTS, extents: blob([0, 4 * MiB]), inFlight: 1 };
    const job = new native.CopyJob({ ...options, sourceFd: open(path, 'read', true), targetFd: open(file(0), 'write') });
    let stuck: native.StuckRequest[] = [];
    while (stuck.length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      stuck = job.progress().stuck;
    }
    expect(stuck).toEqual([{ side: 'source', offset: 2 * MiB, seconds: expect.closeTo(2, 0) as number }]);
    const { state, slow } = await job.done;
    expect(state).toBe('done');
    expect(slow).toMatchObject([{ side: 'source', offset: 2 * MiB, length: MiB, requests: 1 }]);
  });
});

describe('the target', () => {
  it('that is full fails the job where it was full', async () => {
    const target = file(0, memoryFilesystem('tmpfs', 2 * MiB));
    const targetFd = open(target, 'write');
    const source = file(noise(8 * MiB));
    const extents = blob([0, 8 * MiB]);
    const result = await new native.CopyJob({ ...DEFAULTS, sourceFd: open(source), targetFd, extents, inFlight: 1 }).done;
    expect(result).toMatchObject({ state: 'failed', error: { code: 'ENOSPC', side: 'target' } });
    expect(result.error!.offset).toBe(readFileSync(target).length);
    expect(result.error!.message).toContain(String(result.error!.offset));
  });

  it('that is a smaller device fails at its end', async () => {
    const targetFd = open(loopDevice(file(2 * MiB)), 'write', true);
    const extents = blob([0, 4 * MiB]);
    const result = await new native.CopyJob({ ...DEFAULTS, sourceFd: open(file(noise(4 * MiB))), targetFd, extents }).done;
    expect(result).toMatchObject({ state: 'failed', error: { code: 'ENOSPC', offset: 2 * MiB, side: 'target' } });
  });

  it('that cannot be written at one place fails there', async () => {
    const bad = 600_064;
    const path = await nbdFile([
      'eval',
      'get_size=echo 1M',
      'can_write=exit 0',
      'pread=head -c $3 /dev/zero',
      // $3 is the count, $4 the offset.
      `pwrite=if [ $4 -le ${bad} ] && [ $(($4 + $3)) -gt ${bad} ]; then cat > /dev/null; echo EIO >&2; exit 1; fi; cat > /dev/null`,
    ]);
    const targetFd = open(path, 'write');
    const extents = blob([0, MiB]);
    const result = await new native.CopyJob({ ...DEFAULTS, sourceFd: open(file(noise(MiB))), targetFd, extents }).done;
    expect(result).toMatchObject({ state: 'failed', error: { code: 'EIO', side: 'target' } });
    expect(result.error!.offset).toBe(bad - (bad % 512));
  });
});

it('fails when the source ends within an extent', async () => {
  const options = { ...DEFAULTS, targetFd: open(file(0), 'write'), extents: blob([MiB, 4096]), onReadError: 'skip' } as const;
  const result = await new native.CopyJob({ ...options, sourceFd: open(file(noise(MiB + 1000))) }).done;
  expect(result).toMatchObject({ state: 'failed', error: { code: 'EEND', offset: MiB + 1000, side: 'source' } });
});

it('fails when the target is open for reading only', async () => {
  const options = { ...DEFAULTS, targetFd: open(file(MiB)), extents: blob([0, MiB]) };
  const result = await new native.CopyJob({ ...options, sourceFd: open(file(noise(MiB))) }).done;
  expect(result).toMatchObject({ state: 'failed', error: { code: 'EBADF', side: 'target' } });
});

describe('cancel', () => {
  it('ends a running job in time', async () => {
    // 1 MiB a request, a tenth of a second each.
    const sourceFd = open(await nbdFile(['--filter=delay', 'pattern', '1G', 'rdelay=100ms']), 'read', true);
    const targetFd = open(file(0), 'write');
    const job = new native.CopyJob({ ...DEFAULTS, sourceFd, targetFd, extents: blob([0, 1024 * MiB]) });
    const start = performance.now();
    job.cancel();
    expect((await job.done).state).toBe('cancelled');
    expect(performance.now() - start).toBeLessThan(CANCEL_LIMIT);
  });

  it('ends a job in time whose requests hang, and keeps what they use', async () => {
    const path = await nbdFile(['--filter=delay', 'pattern', '64M', 'rdelay=6']);
    const sourceFd = native.open(path, { access: 'read', direct: true });
    const targetFd = open(file(0), 'write');
    const job = new native.CopyJob({ ...DEFAULTS, sourceFd, targetFd, extents: blob([0, 64 * MiB]), inFlight: 4 });
    closeSync(sourceFd);
    // What the engine is about to ask for is not asked for any more; only what is under way can hang.
    while (job.progress().stuck.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const start = performance.now();
    job.cancel();
    job.cancel();
    const result = await job.done;
    expect(performance.now() - start).toBeLessThan(CANCEL_LIMIT);
    expect(result).toMatchObject({ state: 'cancelled', blake3: '' });
    expect(result.requestsLeft).toBeGreaterThan(0);
    expect(result.stuck.map(({ offset }) => offset).sort()).toContain(0);
    expect(job.requestsLeft()).toBe(result.requestsLeft);
    while (job.requestsLeft() > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it('stops writing once it has settled with nothing left', async () => {
    const target = file(0);
    const options = { ...DEFAULTS, sourceFd: open(file(1024 * MiB)), targetFd: open(target, 'write'), chunkBytes: 4096 };
    const job = new native.CopyJob({ ...options, extents: blob([0, 1024 * MiB]) });
    while (job.progress().writtenBytes === 0) await new Promise((resolve) => setImmediate(resolve));
    job.cancel();
    const result = await job.done;
    expect(result).toMatchObject({ state: 'cancelled', requestsLeft: 0 });
    const mark = openSync(target, 'r+');
    writeSync(mark, Buffer.alloc(4096, 1), 0, 4096, 0);
    closeSync(mark);
    expect(job.progress().writtenBytes).toBeLessThan(1024 * MiB);
    expect(readFileSync(target).subarray(0, 4096).equals(Buffer.alloc(4096, 1))).toBe(true);
  });
});
