import type { ListOptions } from '@diskwright/sdk';
import { nameOf } from '@diskwright/sdk/files';
import type { FilesystemEntry, FilesystemNode } from '@diskwright/sdk/protocol';
import { entriesOf, findEntry, type RawEntry } from './directoryEntries';
import { EMPTY_DIRECTORY, type FileId } from './fileId';
import type { FoundInode, InodeTable } from './inodeTable';
import { emptyDirectory, lostNode, nodeOf } from './nodes';

/** A name in a directory, and the directory. */
export interface PlacedEntry {
  directory: FileId;
  entry: RawEntry;
}

/** Entries whose inodes are read together. Bounds what is in memory. */
export const ENTRIES_TOGETHER = 16_384;

/**
 * The entries of a directory in the order in which they were made. Entries that lead to no inode are listed by what the directory says of them, with their
 * damage.
 * @throws DamagedStructureError when an entry makes no sense; what `read` throws
 */
export async function* listDirectory(
  table: InodeTable,
  directory: FileId,
  signal: AbortSignal,
  { metadata = false }: ListOptions = {},
): AsyncGenerator<FilesystemEntry[], void, undefined> {
  const { blocks } = await table.volume.open(signal);
  const root = await table.rootOf(directory.tree, signal);
  let batch: PlacedEntry[] = [];
  for await (const entries of entriesOf(blocks, root, directory.inode, signal)) {
    for (const entry of entries) batch.push({ directory, entry });
    if (batch.length < ENTRIES_TOGETHER) continue;
    yield await withInodes(table, batch, metadata, signal);
    batch = [];
  }
  yield await withInodes(table, batch, metadata, signal);
}

/** What a name in a directory leads to; null when there is none. */
export async function findInDirectory(
  table: InodeTable,
  directory: FileId,
  name: string,
  signal: AbortSignal,
): Promise<FileId | null> {
  const { blocks } = await table.volume.open(signal);
  const root = await table.rootOf(directory.tree, signal);
  const found = await findEntry(blocks, root, directory.inode, Buffer.from(name), signal);
  if (found) return targetOf(table, { directory, entry: found }, signal);
  // The text may stand for bytes that are no UTF-8.
  if (!name.includes('\\x')) return null;
  for await (const entries of entriesOf(blocks, root, directory.inode, signal))
    for (const entry of entries) if (nameOf(entry.name).text === name) return targetOf(table, { directory, entry }, signal);
  return null;
}

/** Entries as nodes, in their order. */
export async function withInodes(
  table: InodeTable,
  batch: readonly PlacedEntry[],
  metadata: boolean,
  signal: AbortSignal,
): Promise<FilesystemEntry[]> {
  const targets: FileId[] = [];
  const wanted = new Map<number, number[]>();
  for (const placed of batch) {
    const target = placed.entry.isSubvolume
      ? await targetOf(table, placed, signal)
      : { tree: placed.directory.tree, inode: placed.entry.objectId };
    targets.push(target);
    const numbers = wanted.get(target.tree);
    if (numbers) numbers.push(target.inode);
    else wanted.set(target.tree, [target.inode]);
  }
  const inodes = new Map<number, Map<number, FoundInode>>();
  for (const [tree, numbers] of wanted) inodes.set(tree, await table.readMany(tree, numbers, metadata, signal));
  return batch.map(({ entry }, index) => {
    const target = targets[index]!;
    return entryOf(entry, target, inodes.get(target.tree)!.get(target.inode));
  });
}

function entryOf({ name, fileType }: RawEntry, { tree, inode }: FileId, found: FoundInode | undefined): FilesystemEntry {
  const { text, raw } = nameOf(name);
  const node: FilesystemNode =
    inode === EMPTY_DIRECTORY
      ? emptyDirectory(tree)
      : found
        ? nodeOf(found.record, found.extras)
        : lostNode(tree, inode, fileType);
  const isLost = inode !== EMPTY_DIRECTORY && !found;
  return {
    path: text,
    ...(raw && { rawName: raw.toString('base64') }),
    ...(isLost && { damage: `inode ${inode} of subvolume ${tree} is not there, or cannot be read` }),
    ...node,
  };
}

/** A subvolume is shown where it hangs; in a snapshot of what it hung in there is an empty directory in its place. */
async function targetOf(table: InodeTable, { directory, entry }: PlacedEntry, signal: AbortSignal): Promise<FileId> {
  const { tree, inode } = directory;
  if (!entry.isSubvolume) return { tree, inode: entry.objectId };
  const subvolume = (await table.subvolumes.all(signal)).get(entry.objectId);
  const place = subvolume?.place;
  const hangsHere = place?.tree === tree && place.directory === inode && place.name.equals(entry.name);
  return hangsHere ? { tree: subvolume!.id, inode: subvolume!.rootDirectory } : { tree, inode: EMPTY_DIRECTORY };
}
