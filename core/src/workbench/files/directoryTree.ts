import type { TreeNode } from '../widgets/shared/treeRows';
import { type FileEntry, shownName, typeIcon } from './model/fileEntry';
import { childPath } from './model/filePath';
import type { Directory, NodePlace, VolumeFiles } from './model/volumeFiles';

const collator = new Intl.Collator(undefined, { numeric: true });

/** A directory in the tree; by its path it is known. */
export const directoryNode = (directory: Directory, label: string): TreeNode => ({
  id: directory.path,
  label,
  icon: 'folder',
  lazy: true,
  data: directory,
});

/** What a node of the tree stands for; null for one that says something. */
export const placeOf = ({ data }: TreeNode): NodePlace | null => (data as NodePlace | undefined) ?? null;

/** The directories in a directory, by name; of one that is too large, those among the entries that were read. */
export function subdirectories(files: VolumeFiles, directory: Directory): Promise<TreeNode[]> {
  return nodesIn(files, directory, ({ type }) => type === 'directory');
}

/** All that is in a directory: directories first, each by name; as {@link subdirectories} of a large one. */
export function entryNodes(files: VolumeFiles, directory: Directory): Promise<TreeNode[]> {
  return nodesIn(files, directory, () => true);
}

async function nodesIn(
  files: VolumeFiles,
  { path, node }: Directory,
  isShown: (entry: FileEntry) => boolean,
): Promise<TreeNode[]> {
  const listing = files.directory({ node });
  await listing.more();
  if (listing.error !== null && listing.entries.length === 0) throw listing.error;
  const isDirectory = ({ type }: FileEntry): boolean => type === 'directory';
  const nodes = listing.entries
    .filter(isShown)
    .sort((a, b) => Number(isDirectory(b)) - Number(isDirectory(a)) || collator.compare(a.path, b.path))
    .map((entry): TreeNode => {
      const place = { path: childPath(path, entry.path), node: entry.node };
      if (isDirectory(entry)) return directoryNode(place, shownName(entry));
      return { id: place.path, label: shownName(entry), icon: typeIcon(entry.type), data: place };
    });
  if (listing.isComplete) return nodes;
  const label = listing.error === null ? 'Not all: the directory is very large' : 'Not all could be read';
  return [...nodes, { id: `${path}\n`, label, icon: 'info' }];
}
