import { ExtentList } from '@diskwright/sdk/extents';
import { readOrNull } from '@diskwright/sdk/files';
import type { ByteRange, Owner } from '@diskwright/sdk/protocol';
import { readBootCatalogue } from './bootEntries';
import type { NameSpace } from './files/directory';
import { SECTOR_BYTES } from './structures/volumeDescriptor';
import { scanTree, treesOf } from './treeScan';
import type { IsoVolume } from './volume';

/** Owners in memory; when there are more, the highest are told as if nothing named them, and looked for again by asking for them alone. */
const MOST_OWNERS = 200_000;

/**
 * Whose the bytes are, in ascending order. ISO 9660 knows the way from file to block only: all directories are gone through once.
 * @param ranges ascending and apart
 */
export async function* ownersOf(
  volume: IsoVolume,
  shown: NameSpace | null,
  ranges: readonly ByteRange[],
  signal: AbortSignal,
): AsyncGenerator<Owner, void, undefined> {
  const wanted = ExtentList.fromRanges(ranges);
  const found: Owner[] = [];
  const add = (owner: Owner): void => {
    if (
      owner.length > 0 &&
      found.length < MOST_OWNERS &&
      owner.offset <= volume.source.size - owner.length &&
      wanted.meets(owner)
    )
      found.push(owner);
  };
  for (const owner of await fixedOwners(volume, signal)) add(owner);
  for (const tree of shown ? treesOf(volume, shown) : []) await addTree(volume, tree, tree === shown, add, signal);
  yield* inOrder(volume, wanted, found);
}

/** Files that only the other tree names are told with it; what both name, once. */
async function addTree(
  volume: IsoVolume,
  tree: NameSpace,
  isShown: boolean,
  add: (owner: Owner) => void,
  signal: AbortSignal,
): Promise<void> {
  const suffix = isShown ? '' : ` (${tree.kind})`;
  const directory = (path: string, { offset, length }: ByteRange, node: string): void =>
    add({ offset, length, kind: 'structure', name: `directory ${path}${suffix}`, node });
  directory('/', tree.root, String(tree.root.offset));
  for await (const entries of scanTree(volume, tree, signal)) {
    for (const { path, node, raw } of entries) {
      if (node.isDirectory) {
        directory(path, node.content[0]!, String(node.offset));
        continue;
      }
      if (!isShown) continue;
      let fileOffset = 0;
      for (const { offset, length } of node.content) {
        add({
          offset,
          length,
          kind: 'file',
          name: path,
          node: String(node.offset),
          fileOffset,
          ...(raw && { rawName: Buffer.from(path).toString('base64') }),
        });
        fileOffset += length;
      }
    }
  }
}

/** What has its place without a directory. */
async function fixedOwners(volume: IsoVolume, signal: AbortSignal): Promise<Owner[]> {
  const { primary, joliet, blockSize, descriptors } = volume;
  const structure = (offset: number, length: number, name: string): Owner => ({ offset, length, kind: 'structure', name });
  const owners = [structure(0, descriptors[0]!.offset, 'system area')];
  for (const { offset, type } of descriptors) owners.push(structure(offset, SECTOR_BYTES, `volume descriptor of type ${type}`));
  for (const [descriptor, of] of [
    [primary, ''],
    [joliet, ' (Joliet)'],
  ] as const) {
    if (!descriptor) continue;
    const { pathTable, optionalPathTable, bigPathTable, optionalBigPathTable, pathTableSize } = descriptor;
    for (const block of new Set([pathTable, optionalPathTable, bigPathTable, optionalBigPathTable]))
      if (block > 0) owners.push(structure(block * blockSize, pathTableSize, `path table${of}`));
  }
  const boot = await readOrNull(() => readBootCatalogue(volume, signal));
  if (boot) owners.push(structure(boot.offset, SECTOR_BYTES, 'boot catalogue'));
  for (const { range, platform } of boot?.images ?? [])
    owners.push(structure(range.offset, range.length, `boot image for ${platform}`));
  return owners;
}

/** The owners ascending; what is wanted and nobody's is told as such, up to the end of the filesystem. */
function* inOrder(volume: IsoVolume, wanted: ExtentList, found: Owner[]): Generator<Owner, void, undefined> {
  found.sort((a, b) => a.offset - b.offset || a.length - b.length);
  let next = 0;
  let done = 0;
  for (const { offset: start, length } of wanted) {
    const end = start + length;
    done = Math.max(done, start);
    for (; next < found.length && found[next]!.offset < end; next++) {
      const owner = found[next]!;
      if (owner.offset > done) yield* unclaimed(volume, done, owner.offset);
      yield owner;
      done = Math.max(done, owner.offset + owner.length);
    }
    if (done < end) yield* unclaimed(volume, done, end);
  }
}

function* unclaimed({ size }: IsoVolume, start: number, end: number): Generator<Owner, void, undefined> {
  const inside = Math.max(start, Math.min(end, size));
  if (inside > start)
    yield { offset: start, length: inside - start, kind: 'structure', name: 'padding, or what no directory names' };
  if (end > inside) yield { offset: inside, length: end - inside, kind: 'free', name: 'behind the end of the filesystem' };
}
