import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PeerGoneError } from '@diskwright/sdk/errors';
import { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { readToEnd, type VolumeProxy } from '@diskwright/sdk/runtime';
import type { Host } from '../host';
import type { CheckList } from './scoreCard';

/** Places where a byte is changed: the start, where every filesystem has its superblock. */
const DAMAGED_PLACES = Array.from({ length: 64 }, (_, index) => index * 67);
const LARGEST_DAMAGED_BYTES = 64 * 1024 * 1024;

/** Opens a volume in a file by the plugin, through the host, and holds its answers against the volume's bounds and each other. */
export async function checkVolume(
  host: Host,
  plugin: string,
  file: string,
  scratch: string,
  list: CheckList,
  signal: AbortSignal,
): Promise<void> {
  const opened = await list.run(`${file}: opened`, () =>
    withVolume(host, plugin, file, signal, async (volume) => `as ${(await volume.info()).type}`),
  );
  if (!opened) return;
  const check = (what: string, work: (volume: VolumeProxy, size: number) => Promise<string>): Promise<boolean> =>
    list.run(`${file}: ${what}`, () => withVolume(host, plugin, file, signal, work));
  await check('allocation', (volume, size) => allocation(host, volume, size, signal));
  await check('generation stays while nothing is written', async (volume) => {
    const [first, second] = [await volume.generation(), await volume.generation()];
    if (first.digest !== second.digest) throw new Error('it changes although nothing was written');
    return `over ${first.ranges.length} ranges`;
  });
  await check('signatures lie inside', async (volume, size) => inside(await volume.signatures(), size, 'signature'));
  await check('structures lie inside', async (volume, size) => {
    let count = 0;
    for await (const structure of volume.structures()) {
      inside([structure], size, structure.name);
      count++;
    }
    return `${count} of them`;
  });
  await check('check', async (volume) => `${(await volume.check()).length} findings`);
  await damage(host, file, scratch, list, signal);
}

async function allocation(host: Host, volume: VolumeProxy, size: number, signal: AbortSignal): Promise<string> {
  const { confidence, extents, reasons } = await volume.allocation();
  if ((confidence === 'unknown') !== (extents === null))
    throw new Error(`it is ${confidence}, with${extents ? '' : 'out'} extents`);
  if (confidence !== 'exact' && reasons.length === 0) throw new Error(`it is ${confidence} without a reason`);
  const commit = await volume.commitExtents();
  inside(commit, size, 'commit extent');
  if (commit.length === 0)
    throw new Error('there are no commit extents: what makes the volume recognisable is to be written last');
  if (extents === null) return `unknown: ${reasons.join('; ')}`;
  const blob = await readToEnd(await host.devices.getBlob(extents), extents.bytes, signal);
  const list = ExtentList.fromBlob(blob);
  inside(list, size, 'allocated extent');
  return `${confidence}, ${list.count} extents`;
}

function inside(ranges: Iterable<ByteRange>, size: number, what: string): string {
  let count = 0;
  for (const { offset, length } of ranges) {
    if (offset < 0 || length <= 0 || offset > size - length)
      throw new Error(`the ${what} at ${offset}, ${length} bytes, lies outside of the volume of ${size} bytes`);
    count++;
  }
  return `${count} of them`;
}

async function withVolume(
  host: Host,
  plugin: string,
  file: string,
  signal: AbortSignal,
  work: (volume: VolumeProxy, size: number) => Promise<string>,
): Promise<string> {
  const { deviceId, size } = await host.devices.open(file);
  const volume = await host.plugins.providers.openVolume({ deviceId, partition: 0 }, signal);
  if (!volume) throw new Error('no plugin knows it: neither the magic bytes of the manifest nor probe took it');
  try {
    if (volume.provider !== plugin) throw new Error(`${volume.provider} was surer that it is its own`);
    return await work(volume, size);
  } finally {
    await volume.close();
  }
}

/** Whatever the bytes: answers and typed errors, never the end of the process. */
async function damage(host: Host, file: string, scratch: string, list: CheckList, signal: AbortSignal): Promise<void> {
  const name = `${file}: damage is told, and never ends the process`;
  const bytes = await readFile(file);
  if (bytes.length > LARGEST_DAMAGED_BYTES)
    return list.skip(name, `only volumes of up to ${LARGEST_DAMAGED_BYTES} bytes are damaged`);
  await list.run(name, async () => {
    let told = 0;
    for (const place of DAMAGED_PLACES.filter((offset) => offset < bytes.length)) {
      const damaged = Buffer.from(bytes);
      damaged[place]! ^= 0xff;
      // A file of its own each time: the host rightly keeps what it knows of one.
      const copy = join(scratch, `damaged${place}.img`);
      await writeFile(copy, damaged);
      if (await outcome(host, copy, signal)) told++;
      await rm(copy);
    }
    return `${DAMAGED_PLACES.length} volumes with a changed byte, ${told} of them refused or with findings`;
  });
}

/** Whether the damage was told. @throws PeerGoneError when the plugin did not outlive it */
async function outcome(host: Host, file: string, signal: AbortSignal): Promise<boolean> {
  const { deviceId } = await host.devices.open(file);
  try {
    const volume = await host.plugins.providers.openVolume({ deviceId, partition: 0 }, signal);
    if (!volume) return true;
    await volume.info();
    await volume.allocation();
    const findings = await volume.check();
    await volume.close();
    return findings.length > 0;
  } catch (error) {
    if (error instanceof PeerGoneError) throw error;
    return true;
  }
}
