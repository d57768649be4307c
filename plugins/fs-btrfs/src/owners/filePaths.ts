import { nameOf } from '@diskwright/sdk/files';
import { nodeText, type FileId } from '../files/fileId';
import type { InodeTable } from '../files/inodeTable';
import { subvolumeName } from '../files/subvolumes';
import { ObjectId } from '../trees/key';
import { namesOfInode } from './inodeNames';
import { orNull } from '../trees/orNull';

/** Directories whose paths are kept. */
const MOST_KEPT = 20_000;
/** Directories are never nested so deep; a circle ends here. */
const DEEPEST = 1024;
/** Names of a file that are told. */
const MOST_NAMES = 17;

/** A path from the top subvolume. */
export interface FilePath {
  text: string;
  /** Set where the bytes of a name are no text. */
  raw?: Buffer;
}

/** Finds the paths of files by the names that stand with their inodes. */
export class FilePaths {
  /** Paths of directories, by their nodes. */
  private readonly kept = new Map<string, FilePath>();

  constructor(private readonly table: InodeTable) {}

  /** The paths of a file, the first ones where there are many. One that cannot be found out stands as its number. */
  async of({ tree, inode }: FileId, signal: AbortSignal): Promise<FilePath[]> {
    const { blocks } = await this.table.volume.open(signal);
    const subvolume = (await this.table.subvolumes.all(signal)).get(tree);
    if (!subvolume) return [{ text: `inode ${inode} of subvolume ${tree}, which is gone` }];
    if (inode === subvolume.rootDirectory) return [await this.directory({ tree, inode }, 0, signal)];
    const names = (await orNull(() => namesOfInode(blocks, subvolume.root, inode, MOST_NAMES, signal))) ?? [];
    if (names.length === 0) return [{ text: `inode ${nodeText({ tree, inode })}, which has no name` }];
    const paths: FilePath[] = [];
    for (const { directory, name } of names)
      paths.push(joined(await this.directory({ tree, inode: directory }, 0, signal), name));
    return paths;
  }

  private async directory(id: FileId, depth: number, signal: AbortSignal): Promise<FilePath> {
    const key = nodeText(id);
    const known = this.kept.get(key);
    if (known) return known;
    const path = depth > DEEPEST ? { text: `inode ${key}` } : await this.find(id, depth, signal);
    if (this.kept.size >= MOST_KEPT) this.kept.clear();
    this.kept.set(key, path);
    return path;
  }

  private async find({ tree, inode }: FileId, depth: number, signal: AbortSignal): Promise<FilePath> {
    const { blocks } = await this.table.volume.open(signal);
    const subvolume = (await this.table.subvolumes.all(signal)).get(tree);
    if (!subvolume) return { text: `subvolume ${tree}` };
    if (inode === subvolume.rootDirectory) {
      const { place } = subvolume;
      if (tree === ObjectId.FS_TREE) return { text: '' };
      if (!place) return { text: subvolumeName(subvolume) };
      return joined(await this.directory({ tree: place.tree, inode: place.directory }, depth + 1, signal), place.name);
    }
    const [name] = (await orNull(() => namesOfInode(blocks, subvolume.root, inode, 1, signal))) ?? [];
    if (!name) return { text: `inode ${nodeText({ tree, inode })}` };
    return joined(await this.directory({ tree, inode: name.directory }, depth + 1, signal), name.name);
  }
}

function joined(folder: FilePath, name: Buffer): FilePath {
  const { text, raw } = nameOf(name);
  const path = { text: `${folder.text}/${text}` };
  if (!raw && !folder.raw) return path;
  return { ...path, raw: Buffer.concat([folder.raw ?? Buffer.from(folder.text), Buffer.from('/'), name]) };
}
