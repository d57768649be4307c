import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { blob, file, loopDevice, MiB, native, nbdFile, noise, open, memoryFilesystem, unreadableFile } from './support';

const SIZE = 8 * MiB;
const EXTENTS = blob([512, 3 * MiB], [4 * MiB, 4 * MiB]);
const OFFSET = 1024;

/** Copies noise to the target with `OFFSET`; answers the hashes of its chunks. */
async function copyTo(targetFd: number, chunkBytes = 65_536): Promise<Buffer> {
  const result = await new native.CopyJob({
    sourceFd: open(file(noise(SIZE))),
    targetFd,
    extents: EXTENTS,
    sourceOffset: 0,
    targetOffset: OFFSET,
    chunkBytes,
    sectorSize: 512,
    zeroDetection: 'write',
    onReadError: 'stop',
    retries: 0,
  }).done;
  expect(result.state).toBe('done');
  return result.chunkHashes;
}

function verify(targetFd: number, chunkHashes: Uint8Array): native.VerifyJob {
  return new native.VerifyJob({ targetFd, extents: EXTENTS, targetOffset: OFFSET, chunkBytes: 65_536, chunkHashes });
}

/** Changes one bit behind the back of all caches above the file. */
function flipBit(path: string, offset: number): void {
  const fd = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(fd, byte, 0, 1, offset);
  writeSync(fd, Buffer.of(byte[0]! ^ 1), 0, 1, offset);
  closeSync(fd);
}

describe.each(['file', 'loop device'] as const)('on a %s', (kind) => {
  it('finds nothing wrong with a good copy, and each flipped bit in a bad one', async () => {
    const path = file(SIZE + OFFSET);
    const targetFd = open(kind === 'file' ? path : loopDevice(path), 'write');
    const hashes = await copyTo(targetFd);
    const job = verify(targetFd, hashes);
    expect(await job.done).toMatchObject({ state: 'done', mismatches: [], mismatchCount: 0, direct: true });
    expect(job.progress()).toMatchObject({ readBytes: 7 * MiB, mismatches: 0 });

    // The loop device's own cache still has the good bytes: reading past it sees the file's.
    flipBit(path, OFFSET + 512 + 3 * MiB - 1);
    flipBit(path, OFFSET + 4 * MiB);
    expect(await verify(targetFd, hashes).done).toMatchObject({
      state: 'done',
      mismatches: [
        { offset: OFFSET + 512 + 3 * MiB - 65_536, length: 65_536 },
        { offset: OFFSET + 4 * MiB, length: 65_536 },
      ],
      mismatchCount: 2,
    });
  });
});

it('works without direct I/O', async () => {
  const targetFd = open(file(0, memoryFilesystem('ramfs', 2 * SIZE)), 'write');
  const hashes = await copyTo(targetFd);
  expect(await verify(targetFd, hashes).done).toMatchObject({ state: 'done', mismatchCount: 0, direct: false });
});

it('finds a write that the target acknowledged and dropped', async () => {
  const disk = file(SIZE + OFFSET);
  const dropped = OFFSET + 4 * MiB;
  const path = await nbdFile([
    'eval',
    `get_size=stat -c %s ${disk}`,
    'can_write=exit 0',
    `pread=dd if=${disk} iflag=skip_bytes,count_bytes skip=$4 count=$3 bs=1M status=none`,
    `pwrite=if [ $4 -le ${dropped} ] && [ $(($4 + $3)) -gt ${dropped} ]; then cat > /dev/null; else dd of=${disk} oflag=seek_bytes seek=$4 bs=1M conv=notrunc iflag=fullblock status=none; fi`,
  ]);
  const targetFd = open(path, 'write');
  const result = await verify(targetFd, await copyTo(targetFd)).done;
  expect(result).toMatchObject({ state: 'done', mismatchCount: 1, mismatches: [{ offset: dropped, length: 65_536 }] });
});

it('lists the first 1024 and counts all', async () => {
  const targetFd = open(file(SIZE + OFFSET), 'write');
  const hashes = Buffer.alloc((await copyTo(targetFd, 4096)).length);
  const options = { targetFd, extents: EXTENTS, targetOffset: OFFSET, chunkBytes: 4096, chunkHashes: hashes };
  const result = await new native.VerifyJob({ ...options, inFlight: 8 }).done;
  expect(result.mismatchCount).toBe((7 * MiB) / 4096);
  expect(result.mismatches).toEqual(
    Array.from({ length: 1024 }, (_, index) => {
      const within = index * 4096;
      return { offset: OFFSET + (within < 3 * MiB ? 512 + within : MiB + within), length: 4096 };
    }),
  );
});

it('fails where the target cannot be read', async () => {
  const content = noise(SIZE + OFFSET);
  const path = await unreadableFile(content, { offset: 5 * MiB + 4096, length: 4096 });
  const hashes = await copyTo(open(file(SIZE + OFFSET), 'write'));
  const result = await verify(open(path), hashes).done;
  expect(result).toMatchObject({ state: 'failed', error: { code: 'EIO', offset: 5 * MiB + 4096, side: 'target' } });
});

it('is cancelled in time while its requests hang', { tags: ['alone'] }, async () => {
  const targetFd = open(await nbdFile(['--filter=delay', 'memory', '16M', 'rdelay=3']), 'write');
  const hashes = await copyTo(open(file(SIZE + OFFSET), 'write'));
  const job = verify(targetFd, hashes);
  while (job.progress().limit !== 'read') await new Promise((resolve) => setImmediate(resolve));
  const start = performance.now();
  job.cancel();
  expect((await job.done).state).toBe('cancelled');
  expect(performance.now() - start).toBeLessThan(100);
});
