import { compareKeys, type Key } from './key';
import type { BlockPointer, TreeBlock, TreeRoot } from './treeBlock';
import { isMissing, type Missing } from './orNull';
import type { TreeBlocks } from './treeBlocks';

/** Leaves that are asked for at once, when many follow each other. */
const READ_AHEAD = 16;

/** Items of a leaf, `first` up to `end`. */
export interface LeafItems {
  leaf: TreeBlock;
  first: number;
  end: number;
}

/** An item of a leaf. */
export interface FoundItem {
  leaf: TreeBlock;
  index: number;
}

/** Is told of a block that cannot be read; what it leads to is left out then. */
export type OnDamage = (error: Missing, pointer: BlockPointer) => void;

/**
 * The items of a tree from `from` up to `to`, both included, leaf by leaf. Keys ascend in every block and each begins with the key that leads to it, which
 * is verified, so that no block comes twice.
 * @param onDamage without it, damage ends the walk
 * @throws DamagedStructureError, MediaError, NotSupportedError without `onDamage`
 */
export async function* leavesBetween(
  blocks: TreeBlocks,
  root: TreeRoot,
  from: Key,
  to: Key,
  signal: AbortSignal,
  onDamage?: OnDamage,
): AsyncGenerator<LeafItems, void, undefined> {
  const read = (pointer: BlockPointer): Promise<TreeBlock | null> => readOrTell(blocks, pointer, signal, onDamage);
  const pending: { pointers: BlockPointer[]; next: number; ahead: Promise<TreeBlock | null>[] }[] = [
    { pointers: [root], next: 0, ahead: [] },
  ];
  for (let top = pending.at(-1); top; top = pending.at(-1)) {
    signal.throwIfAborted();
    if (top.next === top.pointers.length) {
      pending.pop();
      continue;
    }
    // Without a wait where it is at hand.
    const pointer = top.pointers[top.next]!;
    if (pointer.level === 0 && top.ahead.length === 0 && !blocks.peek(pointer))
      top.ahead = top.pointers.slice(top.next, top.next + READ_AHEAD).map((next) => settled(read(next)));
    const block = await (top.ahead.shift() ?? read(pointer));
    top.next++;
    if (!block) continue;
    if (block.level > 0) {
      const pointers = childrenBetween(block, from, to);
      pending.push({ pointers, next: 0, ahead: [] });
      continue;
    }
    const first = block.lowerBound(from);
    let end = block.lowerBound(to);
    if (end < block.count && compareKeys(block.keyAt(end), to) === 0) end++;
    if (end > first) yield { leaf: block, first, end };
  }
}

/** A failure that is only told when somebody waits for it. */
function settled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

async function readOrTell(
  blocks: TreeBlocks,
  pointer: BlockPointer,
  signal: AbortSignal,
  onDamage?: OnDamage,
): Promise<TreeBlock | null> {
  try {
    return await blocks.read(pointer, signal);
  } catch (error) {
    if (!onDamage || !isMissing(error)) throw error;
    onDamage(error, pointer);
    return null;
  }
}

function childrenBetween(block: TreeBlock, from: Key, to: Key): BlockPointer[] {
  const children: BlockPointer[] = [];
  for (let index = Math.max(0, block.floor(from)); index < block.count; index++) {
    const child = block.childAt(index);
    if (compareKeys(child.key!, to) > 0) break;
    children.push(child);
  }
  return children;
}

/** The item with a key; null when there is none. @throws as `TreeBlocks.read` */
export async function findItem(blocks: TreeBlocks, root: TreeRoot, key: Key, signal: AbortSignal): Promise<FoundItem | null> {
  const found = await findFloor(blocks, root, key, signal);
  return found && compareKeys(found.leaf.keyAt(found.index), key) === 0 ? found : null;
}

/** The last item that is not behind a key; null when all are. @throws as `TreeBlocks.read` */
export async function findFloor(blocks: TreeBlocks, root: TreeRoot, key: Key, signal: AbortSignal): Promise<FoundItem | null> {
  let pointer: BlockPointer = root;
  for (;;) {
    const block: TreeBlock = blocks.peek(pointer) ?? (await blocks.read(pointer, signal));
    const index = block.floor(key);
    if (index < 0) return null;
    if (block.level === 0) return { leaf: block, index };
    pointer = block.childAt(index);
  }
}

/**
 * Looks for many keys at once, and gives those that are there, ascending: one way down for all that lie in the same leaf.
 * @param keys ascending
 * @param onDamage without it, damage ends the search
 */
export async function* findMany(
  blocks: TreeBlocks,
  root: TreeRoot,
  keys: readonly Key[],
  signal: AbortSignal,
  onDamage?: OnDamage,
): AsyncGenerator<FoundItem[], void, undefined> {
  for (let next = 0; next < keys.length;) {
    signal.throwIfAborted();
    const way = await leafFor(blocks, root, keys[next]!, signal, onDamage);
    if (way.leaf) {
      const found: FoundItem[] = [];
      for (; next < keys.length && (!way.end || compareKeys(keys[next]!, way.end) < 0); next++) {
        const index = way.leaf.floor(keys[next]!);
        if (index >= 0 && compareKeys(way.leaf.keyAt(index), keys[next]!) === 0) found.push({ leaf: way.leaf, index });
      }
      yield found;
    } else
      do next++;
      while (next < keys.length && (!way.end || compareKeys(keys[next]!, way.end) < 0));
  }
}

/** The leaf where a key would be, and the key that the next one begins with. */
async function leafFor(
  blocks: TreeBlocks,
  root: TreeRoot,
  key: Key,
  signal: AbortSignal,
  onDamage?: OnDamage,
): Promise<{ leaf: TreeBlock | null; end: Key | null }> {
  let pointer: BlockPointer = root;
  let end: Key | null = null;
  for (;;) {
    const block: TreeBlock | null = blocks.peek(pointer) ?? (await readOrTell(blocks, pointer, signal, onDamage));
    if (!block || block.level === 0) return { leaf: block, end };
    const index = Math.max(0, block.floor(key));
    if (index + 1 < block.count) end = block.keyAt(index + 1);
    pointer = block.childAt(index);
  }
}
