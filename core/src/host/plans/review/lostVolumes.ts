import type { ByteRange, DeviceLayout, Finding } from '@diskwright/sdk/protocol';

/**
 * What is recognised in one layout and not in the other: a partition, or the filesystem that lies in one. No plugin finds that wrong, since to none
 * it is there. It is found at the written places that lie in it, of which some take it away.
 */
export function lostVolumes(before: DeviceLayout, after: DeviceLayout, written: readonly ByteRange[]): Finding[] {
  const lost: Finding[] = [];
  const report = (code: string, message: string, start: number, size: number): void => {
    const ranges = written.filter(({ offset, length }) => offset < start + size && offset + length > start);
    lost.push({ severity: 'error', code, message, ranges });
  };
  if (before.volume && before.volume.type !== after.volume?.type) {
    report('layout.volume.lost', `The device is not recognised as ${before.volume.type}`, 0, before.device.size);
  }
  for (const { number, start, size, filesystem } of before.partitions) {
    const there = after.partitions.find((other) => other.number === number && other.start === start);
    if (!there) report('layout.partition.lost', `There is no partition ${number} at byte ${start}`, start, size);
    else if (filesystem && filesystem.type !== there.filesystem?.type) {
      report('layout.volume.lost', `Partition ${number} is not recognised as ${filesystem.type}`, start, size);
    }
  }
  return lost;
}
