import type { ProblemList } from '@diskwright/sdk';
import { ItemType, LARGEST, ObjectId } from '../trees/key';
import { leavesBetween } from '../trees/leaves';
import type { BtrfsVolume } from '../volume';
import { orNull } from '../trees/orNull';

/** A check is a look, not a scrub: it shall end in seconds on any volume. */
const MOST_BYTES = 256 * 1024 * 1024;
const PIECE_BYTES = 1024 * 1024;

/** Compares the first data of the volume, each of its copies, with its checksums, and says how much was looked at where that was not all. */
export async function findDataProblems(volume: BtrfsVolume, problems: ProblemList, signal: AbortSignal): Promise<void> {
  const { blocks } = await volume.open(signal);
  const tree = await volume.optionalTree(ObjectId.CSUM_TREE, signal);
  if (!tree) return;
  const { size } = volume.checksummer;
  const from = { objectId: ObjectId.EXTENT_CSUM, type: ItemType.EXTENT_CSUM, offset: 0 };
  let looked = 0;
  for await (const { leaf, first, end } of leavesBetween(
    blocks,
    tree,
    from,
    { ...from, offset: LARGEST },
    signal,
    () => undefined,
  )) {
    for (let index = first; index < end; index++) {
      const checksums = leaf.itemAt(index);
      const { offset: logical } = leaf.keyAt(index);
      for (const place of blocks.chunks.copiesOf(logical, Math.floor(checksums.length / size) * volume.sectorSize)) {
        looked += await compare(volume, place, checksums, problems, signal);
        if (looked > MOST_BYTES) return tellRest(problems);
      }
    }
  }
}

/** @returns bytes that were looked at */
async function compare(
  { source, sectorSize, checksummer }: BtrfsVolume,
  place: number,
  checksums: Buffer,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<number> {
  const { size } = checksummer;
  const length = Math.min(Math.floor(checksums.length / size) * sectorSize, source.size - place);
  for (let done = 0; done < length; done += PIECE_BYTES) {
    signal.throwIfAborted();
    // Bad sectors are told by whoever copies them.
    const bytes = await orNull(() => source.read(place + done, Math.min(PIECE_BYTES, length - done), signal));
    for (let at = 0; bytes && at + sectorSize <= bytes.length; at += sectorSize) {
      const expected = ((done + at) / sectorSize) * size;
      if (checksums.subarray(expected, expected + size).equals(checksummer.of(bytes.subarray(at, at + sectorSize)))) continue;
      problems.add({
        severity: 'error',
        code: 'btrfs.data',
        effect: 'none',
        message: `The checksum of the data at ${place + done + at} is wrong.`,
        ranges: [{ offset: place + done + at, length: sectorSize }],
        todo: 'Ask for the owner of this place to see which file it hits. A scrub of the mounted filesystem mends what has a sound copy.',
      });
    }
  }
  return Math.max(0, length);
}

function tellRest(problems: ProblemList): void {
  problems.add({
    severity: 'info',
    code: 'btrfs.data.rest',
    effect: 'none',
    message: `The first ${MOST_BYTES / 1024 / 1024} MiB of data were compared with their checksums; the rest was not.`,
    todo: 'Run btrfs scrub on the mounted filesystem to compare all of it.',
  });
}
