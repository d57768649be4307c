import type { DeviceLayout } from '@diskwright/sdk/protocol';
import { sizeText } from '../../widgets/shared/sizeText';
import type { LaidPartition } from '../../widgets/diskMap/regions';

/** What becomes of one partition. */
export interface LayoutDifference {
  kind: 'appears' | 'vanishes' | 'moves' | 'grows' | 'shrinks' | 'changes';
  before: LaidPartition | null;
  after: LaidPartition | null;
  /** In words: `Partition 2 moves from 8 MiB to 40 MiB and grows by 10 MiB`. */
  text: string;
}

/**
 * What differs between two layouts of a device, by the order on the device before. Partitions are the same when their ids are; without
 * ids of their own, as on MBR, when their numbers are and one holds the same, is as long or overlaps the other.
 */
export function layoutDifferences(before: DeviceLayout | null, after: DeviceLayout | null): LayoutDifference[] {
  const left = after ? [...after.partitions] : [];
  const pairs = (before?.partitions ?? []).map((partition) => {
    const match = left.findIndex((other) => same(partition, other));
    return { before: partition, after: match < 0 ? null : left.splice(match, 1)[0]! };
  });
  const all: { before: LaidPartition | null; after: LaidPartition | null }[] = [
    ...pairs,
    ...left.map((partition) => ({ before: null, after: partition })),
  ];
  return all
    .map((pair) => difference(pair.before, pair.after))
    .filter((found) => found !== null)
    .sort((a, b) => (a.before ?? a.after!).start - (b.before ?? b.after!).start);
}

function same(one: LaidPartition, other: LaidPartition): boolean {
  // A partition without an id is planned only, and is none that has one.
  if ((one.id === null) !== (other.id === null)) return false;
  const hasOwnId = one.id !== null && !/^[0-9a-f]{8}-[0-9a-f]{2}$/i.test(one.id);
  if (hasOwnId) return one.id === other.id;
  if (one.number !== other.number) return false;
  const sameContent = !!one.filesystem?.uuid && one.filesystem.uuid === other.filesystem?.uuid;
  return sameContent || one.size === other.size || (one.start < other.start + other.size && other.start < one.start + one.size);
}

function difference(before: LaidPartition | null, after: LaidPartition | null): LayoutDifference | null {
  if (!before || !after) {
    const { number, size, start } = (before ?? after)!;
    const place = `${sizeText(size)} at ${sizeText(start)}`;
    return before
      ? { kind: 'vanishes', before, after, text: `Partition ${number} goes away: ${place}` }
      : { kind: 'appears', before, after, text: `Partition ${number} appears: ${place}` };
  }
  const moved = before.start !== after.start;
  const grown = after.size - before.size;
  const words = [
    ...(before.number === after.number ? [] : [`becomes number ${after.number}`]),
    ...(moved ? [`moves from ${sizeText(before.start)} to ${sizeText(after.start)}`] : []),
    ...(grown > 0 ? [`grows by ${sizeText(grown)} to ${sizeText(after.size)}`] : []),
    ...(grown < 0 ? [`shrinks by ${sizeText(-grown)} to ${sizeText(after.size)}`] : []),
    ...otherWords(before, after),
  ];
  if (words.length === 0) return null;
  const kind = moved ? 'moves' : grown > 0 ? 'grows' : grown < 0 ? 'shrinks' : 'changes';
  return { kind, before, after, text: `Partition ${before.number} ${words.join(', ')}` };
}

function otherWords(before: LaidPartition, after: LaidPartition): string[] {
  const type = (partition: LaidPartition): string => partition.filesystem?.type ?? 'nothing recognised';
  return [
    ...(before.type === after.type ? [] : [`becomes of type ${after.typeName}`]),
    ...((before.name ?? '') === (after.name ?? '') ? [] : [after.name ? `is named “${after.name}”` : 'loses its name']),
    ...(before.bootable === after.bootable ? [] : [after.bootable ? 'becomes bootable' : 'is no longer bootable']),
    ...(type(before) === type(after) ? [] : [`holds ${type(after)} in place of ${type(before)}`]),
    ...(before.filesystem?.label === after.filesystem?.label || !before.filesystem || !after.filesystem
      ? []
      : [`is labelled “${after.filesystem.label ?? ''}”`]),
  ];
}
