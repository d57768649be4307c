import { deepStrictEqual, notDeepStrictEqual, ok } from 'node:assert/strict';
import { type BlockSource, MemorySource } from '../block/index';
import { CancelledError, DiskwrightError } from '../errors';
import { ExtentList, subtract } from '../extents/index';
import type { Filesystem, FilesystemProvider, ProviderContext } from '../provider/index';
import { checkAllocation, checkInside } from './checkAnswers';
import { faultySource } from './faultySource';

export interface FilesystemProviderCheck {
  provider: FilesystemProvider;
  /** A sound volume of the filesystem, cleanly unmounted; read as a whole into memory, so that a small one is best. */
  volume: Buffer;
  sectorSize?: 512 | 4096;
  /** Where damage is tried: by default the first 64 KiB, a byte in 61, where the superblock of every filesystem is. */
  damageAt?: number[];
  /** The same filesystem after something in it changed, to see another generation. */
  changed?: Buffer;
}

/**
 * What holds for every filesystem provider, whatever the format: what it says lies inside the volume, what is written last is part of what is copied,
 * its generation stays and changes with the bytes, damage is told and never crashes, and a cancel is heeded. The format's own tools say the rest.
 * @throws AssertionError saying what does not hold
 */
export async function checkFilesystemProvider(check: FilesystemProviderCheck): Promise<void> {
  const { provider, volume, sectorSize = 512 } = check;
  const source = new MemorySource(volume, sectorSize);
  ok((await provider.probe(source, context())) > 0, 'the provider does not recognise a sound volume');
  ok(
    (await provider.probe(new MemorySource(Buffer.alloc(volume.length), sectorSize), context())) === 0,
    'the provider takes zeros for its own',
  );
  await withFilesystem(provider, source, async (filesystem) => {
    await checkRanges(filesystem, volume.length);
    await checkGeneration(filesystem, check);
  });
  await checkCancellation(check);
  await checkShortVolumes(check);
  await checkDamage(check);
}

async function checkRanges(filesystem: Filesystem, size: number): Promise<void> {
  const { signal } = new AbortController();
  const info = await filesystem.info(signal);
  ok(info.size <= size, `the filesystem (${info.size} bytes) is larger than its volume (${size} bytes)`);
  const allocation = await filesystem.allocation(signal);
  checkAllocation(allocation, size);
  const commit = await filesystem.commitExtents(signal);
  ok(commit.length > 0, 'there are no commit extents');
  checkInside(commit, size, 'commit extent');
  if (allocation.extents) {
    const outside = subtract(ExtentList.fromRanges(commit), allocation.extents);
    ok(outside.count === 0, `the commit extent at ${outside.count > 0 ? outside.offsetAt(0) : 0} is not in the allocation`);
  }
  const signatures = await filesystem.signatures(signal);
  ok(signatures.length > 0, 'there are no signatures');
  checkInside(signatures, size, 'signature');
  for await (const structure of filesystem.structures(signal)) checkInside([structure], size, `structure ${structure.name}`);
}

async function checkGeneration(
  filesystem: Filesystem,
  { provider, volume, sectorSize, changed }: FilesystemProviderCheck,
): Promise<void> {
  const { signal } = new AbortController();
  const before = await filesystem.generation(signal);
  checkInside(before.ranges, volume.length, 'generation range');
  deepStrictEqual(await filesystem.generation(signal), before, 'the generation changes although nothing was written');
  const other = changed ?? flipByte(volume, before.ranges[0]!.offset + before.ranges[0]!.length - 1);
  await withFilesystem(provider, new MemorySource(other, sectorSize), async (reopened) => {
    notDeepStrictEqual(
      (await reopened.generation(signal)).digest,
      before.digest,
      'the generation stays although the volume changed',
    );
  }).catch((error: unknown) => {
    // A flipped byte may be damage that keeps the volume from being opened; then there is no generation to compare.
    if (changed || !(error instanceof DiskwrightError)) throw error;
  });
}

/** A provider that does not pass the signal on waits here for a device that takes its time. */
async function checkCancellation({ provider, volume, sectorSize }: FilesystemProviderCheck): Promise<void> {
  const slow = faultySource(new MemorySource(volume, sectorSize), { delayMs: 30_000 });
  const controller = new AbortController();
  const opening = provider.open(slow, context(controller.signal)).then(
    () => null,
    (error: unknown) => error,
  );
  setImmediate(() => controller.abort());
  const late = Symbol('late');
  const timeout = new Promise<typeof late>((resolve) => setTimeout(() => resolve(late), 2000).unref());
  const outcome = await Promise.race([opening, timeout]);
  ok(outcome !== late, 'a cancelled open goes on for more than two seconds');
  const cancelled = outcome instanceof CancelledError || (outcome as Error | null)?.name === 'AbortError';
  ok(cancelled, `a cancelled open ends with ${String(outcome)} and not with a cancellation`);
}

async function checkShortVolumes(check: FilesystemProviderCheck): Promise<void> {
  for (const length of [0, 1, 511, 512, 4096, Math.floor(check.volume.length / 2)]) {
    await tellsNoLies(check, check.volume.subarray(0, length), `a volume cut to ${length} bytes`);
  }
}

async function checkDamage(check: FilesystemProviderCheck): Promise<void> {
  const length = Math.min(65536, check.volume.length);
  const places = check.damageAt ?? Array.from({ length: Math.ceil(length / 61) }, (_, index) => index * 61);
  for (const place of places) await tellsNoLies(check, flipByte(check.volume, place), `a volume with a flipped byte at ${place}`);
}

/** Whatever the bytes: typed errors or findings, nothing outside of the volume. */
async function tellsNoLies({ provider, sectorSize }: FilesystemProviderCheck, bytes: Buffer, what: string): Promise<void> {
  const { signal } = new AbortController();
  try {
    const source = new MemorySource(bytes, sectorSize);
    if ((await provider.probe(source, context())) === 0) return;
    await withFilesystem(provider, source, async (filesystem) => {
      await filesystem.info(signal);
      checkAllocation(await filesystem.allocation(signal), bytes.length);
      checkInside(await filesystem.commitExtents(signal), bytes.length, 'commit extent');
      await filesystem.check(signal);
    });
  } catch (error) {
    ok(
      error instanceof DiskwrightError && error.code !== 'InvalidInput',
      `${what} ends with ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
}

async function withFilesystem(
  provider: FilesystemProvider,
  source: BlockSource,
  use: (filesystem: Filesystem) => Promise<void>,
): Promise<void> {
  const filesystem = await provider.open(source, context());
  try {
    await use(filesystem);
  } finally {
    await filesystem.close?.();
  }
}

function flipByte(bytes: Buffer, offset: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[offset] = copy[offset]! ^ 0xff;
  return copy;
}

function context(signal: AbortSignal = new AbortController().signal): ProviderContext {
  const ignore = (): void => undefined;
  return { signal, offset: 0, log: { error: ignore, warn: ignore, info: ignore, debug: ignore } };
}
