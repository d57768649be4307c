import type { TreeRoot } from '../trees/treeBlock';
import type { TreeBlocks } from '../trees/treeBlocks';
import type { OnDamage } from '../trees/leaves';
import { ItemType } from '../trees/key';
import { inlineReferences, separateReference, type BackReference } from './backReferences';
import { extentAt, extentItemsMeeting, type UsedExtent } from './extentItems';

/** References of an extent that are kept; the others are counted by nobody. */
const MOST_REFERENCES = 64;

/** An extent, and who uses it. */
export interface ReferencedExtent extends UsedExtent {
  references: BackReference[];
  /** Of a tree block, where its item tells. */
  level: number | null;
}

/** The extents that meet a range of logical addresses, ascending, with their references. @throws as `leavesBetween` */
export async function* referencedExtents(
  blocks: TreeBlocks,
  tree: TreeRoot,
  range: { start: number; end: number },
  signal: AbortSignal,
  onDamage?: OnDamage,
): AsyncGenerator<ReferencedExtent, void, undefined> {
  let current: ReferencedExtent | null = null;
  for await (const { leaf, first, end } of extentItemsMeeting(blocks, tree, range, signal, onDamage)) {
    for (let index = first; index < end; index++) {
      const extent = extentAt(leaf, index, blocks.form.nodeSize);
      const { objectId, type, offset } = leaf.keyAt(index);
      if (extent) {
        if (current && meets(current, range)) yield current;
        const isOld = extent.isTreeBlock && type === ItemType.EXTENT;
        const references = [...inlineReferences(leaf.itemAt(index), isOld)].slice(0, MOST_REFERENCES);
        current = { ...extent, references, level: extent.isTreeBlock && !isOld ? offset : null };
      } else if (current?.logical === objectId && current.references.length < MOST_REFERENCES) {
        const reference = separateReference(type, offset, leaf.itemAt(index));
        if (reference) current.references.push(reference);
      }
    }
  }
  if (current && meets(current, range)) yield current;
}

function meets({ logical, length }: UsedExtent, { start, end }: { start: number; end: number }): boolean {
  return length > 0 && logical < end && logical + length > start;
}
