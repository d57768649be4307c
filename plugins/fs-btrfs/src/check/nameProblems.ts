import type { ProblemList } from '@diskwright/sdk';
import { nameOf } from '@diskwright/sdk/files';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { entriesIn } from '../files/directoryEntries';
import { InodeTable } from '../files/inodeTable';
import { ItemType, LARGEST, ObjectId } from '../trees/key';
import { leavesBetween } from '../trees/leaves';
import type { TreeRoot } from '../trees/treeBlock';
import type { BtrfsVolume } from '../volume';

/** A check is a look, not a run of btrfs check: it shall end in seconds on any volume. */
const MOST_NAMES = 20_000;

/** A name that a directory has, and where it stands. */
interface Name {
  text: string;
  inode: number;
  isSubvolume: boolean;
  place: ByteRange;
}

/** Finds names in directories that lead to inodes or subvolumes which are not there, among the first names of all subvolumes. */
export async function findNameProblems(volume: BtrfsVolume, problems: ProblemList, signal: AbortSignal): Promise<void> {
  const table = new InodeTable(volume);
  const subvolumes = await table.subvolumes.all(signal);
  let looked = 0;
  for (const { id, root, isDeleted } of subvolumes.values()) {
    if (isDeleted) continue;
    for await (const names of namesIn(volume, root, signal)) {
      if ((looked += names.length) > MOST_NAMES) return;
      const inodes = names.flatMap(({ inode, isSubvolume }) => (isSubvolume ? [] : [inode]));
      const found = await table.readMany(id, inodes, false, signal);
      for (const { text, inode, isSubvolume, place } of names) {
        if (isSubvolume ? subvolumes.has(inode) || id !== ObjectId.FS_TREE : found.has(inode)) continue;
        problems.add({
          severity: 'error',
          code: 'btrfs.name',
          effect: 'none',
          message: `A directory of subvolume ${id} has the name ${text} for ${isSubvolume ? 'subvolume' : 'inode'} ${inode}, which cannot be read.`,
          ranges: [place],
          todo: 'Run btrfs check --readonly on the unmounted filesystem to see what is wrong.',
        });
      }
    }
  }
}

async function* namesIn(volume: BtrfsVolume, root: TreeRoot, signal: AbortSignal): AsyncGenerator<Name[], void, undefined> {
  const { blocks } = await volume.open(signal);
  const from = { objectId: ObjectId.FIRST_FREE, type: 0, offset: 0 };
  const to = { objectId: LARGEST, type: 255, offset: LARGEST };
  for await (const { leaf, first, end } of leavesBetween(blocks, root, from, to, signal, () => undefined)) {
    const names: Name[] = [];
    for (let index = first; index < end; index++) {
      if (leaf.typeAt(index) !== ItemType.DIR_INDEX) continue;
      const place = { offset: leaf.offset, length: leaf.bytes.length };
      for (const { name, objectId, isSubvolume } of entriesIn(leaf.itemAt(index), 'a directory'))
        names.push({ text: nameOf(name).text, inode: objectId, isSubvolume, place });
    }
    yield names;
  }
}
