import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, describe, expect, it } from 'vitest';
import { blob, file, memoryFilesystem, MiB, native, noise, open, output, scratch } from './support';

const SIZE = 64 * MiB;
const content = noise(SIZE);

interface Copy {
  path: string;
  job: native.CopyJob;
}

/** A copy of the whole source, as one of several that share their reads. */
function startCopy(source: string, reads: native.SharedReads, path = file(Buffer.alloc(1))): Copy {
  const reader = new native.SharedReader(reads);
  const job = new native.CopyJob({
    sourceFd: open(source),
    targetFd: open(path, 'write'),
    extents: blob([0, SIZE]),
    sourceOffset: 0,
    targetOffset: 0,
    sectorSize: 512,
    zeroDetection: 'write',
    onReadError: 'stop',
    retries: 0,
    sharedReader: reader,
  });
  onTestFinished(() => job.cancel());
  void job.done.then(() => reader.leave());
  return { path, job };
}

/** Bytes that this process has read so far, by whatever call. */
function bytesRead(): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))![1]);
}

describe('copies that share their reads', () => {
  it('read the source once, and are whole', async () => {
    const source = file(content);
    const before = bytesRead();
    const reads = new native.SharedReads({ capacityBytes: 16 * MiB });
    const copies = [1, 2, 3, 4].map(() => startCopy(source, reads));
    const results = await Promise.all(copies.map(({ job }) => job.done));
    expect(bytesRead() - before).toBeLessThan(1.1 * SIZE);
    for (const { path } of copies) output('cmp', source, path);
    expect(new Set(results.map(({ blake3 }) => blake3)).size).toBe(1);
    expect(copies.map(({ job }) => job.progress().readBytes)).toEqual([SIZE, SIZE, SIZE, SIZE]);
  });

  it('do not wait long for one that does nothing, which goes on by itself', async () => {
    const source = file(content);
    const reads = new native.SharedReads({ capacityBytes: 8 * MiB });
    const paused = startCopy(source, reads);
    paused.job.pause(true);
    const others = [startCopy(source, reads), startCopy(source, reads)];
    for (const { job } of others) expect((await job.done).state).toBe('done');
    expect(paused.job.progress().writtenBytes).toBeLessThan(SIZE);
    paused.job.pause(false);
    expect((await paused.job.done).state).toBe('done');
    for (const { path } of [paused, ...others]) output('cmp', source, path);
  });

  it('go on when one of them fails', async () => {
    const source = file(content);
    const reads = new native.SharedReads({ capacityBytes: 8 * MiB });
    const full = startCopy(source, reads, file(Buffer.alloc(1), memoryFilesystem('tmpfs', 4 * MiB)));
    const other = startCopy(source, reads);
    expect(await full.job.done).toMatchObject({ state: 'failed', error: { code: 'ENOSPC', side: 'target' } });
    expect((await other.job.done).state).toBe('done');
    output('cmp', source, other.path);
  });

  it('go on when the one that reads is cancelled', async () => {
    const source = file(content);
    const reads = new native.SharedReads({ capacityBytes: 8 * MiB });
    const [first, second] = [startCopy(source, reads), startCopy(source, reads)];
    first.job.cancel();
    expect((await first.job.done).state).toBe('cancelled');
    expect((await second.job.done).state).toBe('done');
    output('cmp', source, second.path);
  });

  it('are cancelled at once while they wait for one that is late', { tags: ['alone'] }, async () => {
    const reads = new native.SharedReads({ capacityBytes: 4 * MiB });
    new native.SharedReader(reads);
    const { job } = startCopy(file(content), reads);
    await expect.poll(() => job.progress().writtenBytes).toBe(4 * MiB);
    const asked = performance.now();
    job.cancel();
    expect((await job.done).state).toBe('cancelled');
    expect(performance.now() - asked).toBeLessThan(100);
  });

  it('fail by themselves where the source cannot be read', async () => {
    const short = join(scratch(), 'short');
    output('truncate', '--size', String(SIZE - MiB), short);
    const reads = new native.SharedReads({ capacityBytes: 8 * MiB });
    const copies = [startCopy(short, reads), startCopy(short, reads)];
    for (const { job } of copies) {
      expect(await job.done).toMatchObject({ state: 'failed', error: { code: 'EEND', side: 'source', offset: SIZE - MiB } });
    }
  });
});

it('refuses what is no reader', () => {
  expect(() => new native.SharedReader({} as native.SharedReads)).toThrow(TypeError);
  expect(() => new native.SharedReads({ capacityBytes: -1 })).toThrow(TypeError);
  const reads = new native.SharedReads({ capacityBytes: 0 });
  for (let count = 0; count < 64; count++) new native.SharedReader(reads);
  expect(() => new native.SharedReader(reads)).toThrow(RangeError);
});
