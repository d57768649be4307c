import { SharedResult } from '@diskwright/sdk';
import { DamagedStructureError, InvalidInputError } from '@diskwright/sdk/errors';
import { nameOf } from '@diskwright/sdk/files';
import { safeNumber } from '@diskwright/sdk/struct';
import { rootIdentity, rootItem } from '../structures/inode';
import { ItemType, LARGEST, ObjectId, u64At } from '../trees/key';
import { leavesBetween } from '../trees/leaves';
import { parseRoot } from '../trees/roots';
import type { TreeRoot } from '../trees/treeBlock';
import type { BtrfsVolume } from '../volume';

const READ_ONLY = 1n;
const NO_UUID = '00000000-0000-0000-0000-000000000000';
/** Nested deeper than this is a circle. */
const DEEPEST = 256;
/** Of what a subvolume's parent says of it: inode of the directory, number, length of the name. */
const REFERENCE_HEAD_BYTES = 18;

/** A subvolume or snapshot: a tree of files with inodes of its own. */
export interface Subvolume {
  id: number;
  root: TreeRoot;
  rootDirectory: number;
  isReadOnly: boolean;
  /** Nobody can reach it any more; its blocks are still to be freed. */
  isDeleted: boolean;
  uuid: string | null;
  /** Of the subvolume that it was a snapshot of. */
  parentUuid: string | null;
  /** Where it hangs; null of the top one and of deleted ones. */
  place: { tree: number; directory: number; name: Buffer } | null;
}

/** All subvolumes of a volume, read once. */
export class Subvolumes {
  private readonly found: SharedResult<Map<number, Subvolume>>;

  constructor(private readonly volume: BtrfsVolume) {
    this.found = new SharedResult((signal) => this.read(signal));
  }

  /** By their numbers. A block of the tree of roots that cannot be read hides those in it. @throws as `TreeBlocks.read`, for the root */
  all(signal: AbortSignal): Promise<Map<number, Subvolume>> {
    return this.found.get(signal);
  }

  /** @throws InvalidInputError when there is none */
  async require(id: number, signal: AbortSignal): Promise<Subvolume> {
    const found = (await this.all(signal)).get(id);
    if (!found) throw new InvalidInputError(`there is no subvolume ${id}`);
    return found;
  }

  private async read(signal: AbortSignal): Promise<Map<number, Subvolume>> {
    const { blocks, rootTree } = await this.volume.open(signal);
    const found = new Map<number, Subvolume>();
    const places = new Map<number, Subvolume['place']>();
    const from = { objectId: ObjectId.FS_TREE, type: 0, offset: 0 };
    const to = { objectId: -ObjectId.FIRST_FREE, type: 255, offset: LARGEST };
    await blocks.read(rootTree, signal);
    for await (const { leaf, first, end } of leavesBetween(blocks, rootTree, from, to, signal, () => undefined)) {
      for (let index = first; index < end; index++) {
        const { objectId: id, type, offset } = leaf.keyAt(index);
        if (id !== ObjectId.FS_TREE && (id < ObjectId.FIRST_FREE || id > Number.MAX_SAFE_INTEGER)) continue;
        try {
          if (type === ItemType.ROOT) found.set(id, subvolumeOf(id, leaf.itemAt(index)));
          else if (type === ItemType.ROOT_BACKREF) places.set(id, placeOf(offset, leaf.itemAt(index)));
        } catch (error) {
          if (!(error instanceof DamagedStructureError)) throw error;
        }
      }
    }
    for (const [id, place] of places) {
      const subvolume = found.get(id);
      if (subvolume) subvolume.place = place;
    }
    return found;
  }
}

function subvolumeOf(id: number, item: Buffer): Subvolume {
  const root = parseRoot(id, item);
  const { flags, references, rootDirectory } = rootItem.read(item);
  const identity = item.length >= rootIdentity.size ? rootIdentity.read(item) : null;
  const isCurrent = identity !== null && safeNumber(identity.generation2) === root.generation;
  const uuidOf = (value: string | undefined): string | null => (isCurrent && value !== NO_UUID ? (value ?? null) : null);
  return {
    id,
    root,
    rootDirectory: safeNumber(rootDirectory) > 0 ? safeNumber(rootDirectory) : ObjectId.FIRST_FREE,
    isReadOnly: (flags & READ_ONLY) !== 0n,
    isDeleted: references === 0,
    uuid: uuidOf(identity?.uuid),
    parentUuid: uuidOf(identity?.parentUuid),
    place: null,
  };
}

function placeOf(tree: number, item: Buffer): Subvolume['place'] {
  const length = item.length < REFERENCE_HEAD_BYTES ? -1 : item.readUInt16LE(16);
  if (length < 0 || length > item.length - REFERENCE_HEAD_BYTES)
    throw new DamagedStructureError('btrfs root', 'a reference to a subvolume makes no sense');
  // Copied: the list outlives the leaf.
  const name = Buffer.from(item.subarray(REFERENCE_HEAD_BYTES, REFERENCE_HEAD_BYTES + length));
  return { tree, directory: u64At(item, 0), name };
}

/** What a subvolume is called where it hangs. */
export function subvolumeName({ id, place, isDeleted }: Subvolume): string {
  if (id === ObjectId.FS_TREE) return 'top subvolume';
  return place ? nameOf(place.name).text : isDeleted ? `deleted subvolume ${id}` : `subvolume ${id}`;
}

/** The subvolumes that one hangs in, it first, the top one last; fewer when one of them is deleted. */
export function subvolumesAbove(all: ReadonlyMap<number, Subvolume>, id: number): Subvolume[] {
  const above: Subvolume[] = [];
  for (let next = all.get(id); next && above.length < DEEPEST; next = next.place ? all.get(next.place.tree) : undefined)
    above.push(next);
  return above;
}
