import type { Owner } from '@diskwright/sdk/protocol';
import type { BackReference } from '../extents/backReferences';
import type { ReferencedExtent } from '../extents/referencedExtents';
import { nodeText, type FileId } from '../files/fileId';
import { extentsOfFile, parseExtent } from '../files/fileExtents';
import type { InodeTable } from '../files/inodeTable';
import type { Subvolume } from '../files/subvolumes';
import { ItemType } from '../trees/key';
import { FilePaths } from './filePaths';
import { isFileTree, treeName } from './treeNames';
import { orNull } from '../trees/orNull';

/** Other names of an owner that are told. */
const MOST_NAMES = 17;
/** Subvolumes of one family that are asked whether they share an extent. */
const MOST_RELATIVES = 32;

type FileReference = Extract<BackReference, { kind: 'file' }>;
type Whose = Omit<Owner, 'offset' | 'length'>;

/** Says whose an extent is, by its back references. */
export class ExtentOwners {
  private readonly paths: FilePaths;

  constructor(private readonly table: InodeTable) {
    this.paths = new FilePaths(table);
  }

  async of(extent: ReferencedExtent, signal: AbortSignal): Promise<Whose> {
    return extent.isTreeBlock ? this.treeBlock(extent, signal) : this.data(extent, signal);
  }

  private async treeBlock({ logical, references, level }: ReferencedExtent, signal: AbortSignal): Promise<Whose> {
    const trees = references.flatMap((reference) => (reference.kind === 'tree' ? [reference.tree] : []));
    const { blocks } = await this.table.volume.open(signal);
    const block = trees.length > 0 && level !== null ? null : await orNull(() => blocks.readAny(logical, signal));
    const tree = trees[0] ?? block?.owner;
    const whose = tree === undefined ? 'a tree' : treeName(tree, await this.table.subvolumes.all(signal));
    const height = level ?? block?.level;
    const what = height === undefined ? 'block' : height === 0 ? 'leaf' : `node of level ${height}`;
    return { kind: 'structure', name: `${what} of ${whose}${trees.length > 1 ? ' and others' : ''}` };
  }

  private async data({ logical, references }: ReferencedExtent, signal: AbortSignal): Promise<Whose> {
    const files: FileReference[] = [];
    for (const reference of references) {
      if (reference.kind === 'file') files.push(reference);
      else if (reference.kind === 'leaf') files.push(...(await this.filesInLeaf(reference.logical, logical, signal)));
      if (files.length >= MOST_NAMES) break;
    }
    const own = files.filter(({ tree }) => isFileTree(tree));
    if (own.length === 0) return { kind: 'structure', name: structureName(files) };
    const all = await this.withRelatives(own, logical, signal);
    const found: { id: FileId; text: string; raw?: Buffer }[] = [];
    for (const { tree, inode } of all) {
      for (const path of await this.paths.of({ tree, inode }, signal)) found.push({ id: { tree, inode }, ...path });
      if (found.length >= MOST_NAMES) break;
    }
    const [first, ...others] = found;
    const { fileOffset } = all[0]!;
    const otherNames = [...new Set(others.map(({ text }) => text))]
      .filter((text) => text !== first!.text)
      .slice(0, MOST_NAMES - 1);
    return {
      kind: 'file',
      name: first!.text,
      node: nodeText(first!.id),
      ...(fileOffset >= 0 && { fileOffset }),
      ...(otherNames.length > 0 && { otherNames }),
      ...(first!.raw && { rawName: first!.raw.toString('base64') }),
    };
  }

  /** The files of a leaf that several trees share, by its file extents. */
  private async filesInLeaf(leafLogical: number, logical: number, signal: AbortSignal): Promise<FileReference[]> {
    const { blocks } = await this.table.volume.open(signal);
    const leaf = await orNull(() => blocks.readAny(leafLogical, signal));
    const files: FileReference[] = [];
    if (!leaf || leaf.level !== 0) return files;
    for (let index = 0; index < leaf.count; index++) {
      const { objectId: inode, type, offset } = leaf.keyAt(index);
      if (type !== ItemType.EXTENT_DATA) continue;
      const extent = await orNull(async () => parseExtent(offset, leaf.itemAt(index)));
      if (extent?.kind === 'disk' && extent.logical === logical)
        files.push({ kind: 'file', tree: leaf.owner, inode, fileOffset: offset - extent.skipped });
    }
    return files;
  }

  /** Snapshots share whole leaves with what they were taken of: the extent tells of one of them only. */
  private async withRelatives(files: readonly FileReference[], logical: number, signal: AbortSignal): Promise<FileReference[]> {
    const all = await this.table.subvolumes.all(signal);
    const found = new Map(files.map((file) => [`${file.tree}/${file.inode}`, file]));
    for (const file of files) {
      for (const { id } of relativesOf(all, file.tree)) {
        const key = `${id}/${file.inode}`;
        if (found.size >= MOST_NAMES) break;
        if (!found.has(key) && (await this.doesUse({ ...file, tree: id }, logical, signal)))
          found.set(key, { ...file, tree: id });
      }
    }
    // One that is still there goes before one that is gone.
    return [...found.values()].sort((a, b) => Number(!all.has(a.tree)) - Number(!all.has(b.tree)));
  }

  private async doesUse({ tree, inode, fileOffset }: FileReference, logical: number, signal: AbortSignal): Promise<boolean> {
    const { blocks } = await this.table.volume.open(signal);
    const root = await this.table.rootOf(tree, signal);
    const start = Math.max(0, fileOffset);
    const found = await orNull(async () => {
      // What the file uses of the extent may begin behind the extent's own beginning.
      let looked = 0;
      for await (const extent of extentsOfFile(blocks, root, inode, { start, end: Infinity }, signal)) {
        if (extent.kind === 'disk' && extent.logical === logical) return true;
        if (++looked === 2) break;
      }
      return false;
    });
    return found === true;
  }
}

function structureName([file]: readonly FileReference[]): string {
  if (!file) return 'in use, but by nothing that could be read';
  return file.tree === 1 ? 'free space cache' : treeName(file.tree, new Map());
}

/** Subvolumes that are snapshots of a subvolume, that it is a snapshot of, and so on. */
function relativesOf(all: ReadonlyMap<number, Subvolume>, id: number): Subvolume[] {
  const start = all.get(id);
  if (!start) return [...all.values()].slice(0, MOST_RELATIVES);
  const family = new Set([start]);
  for (const member of family) {
    for (const other of all.values()) {
      const isChild = member.uuid !== null && other.parentUuid === member.uuid;
      const isParent = other.uuid !== null && member.parentUuid === other.uuid;
      const isSibling = member.parentUuid !== null && other.parentUuid === member.parentUuid;
      if (isChild || isParent || isSibling) family.add(other);
      if (family.size > MOST_RELATIVES) break;
    }
    if (family.size > MOST_RELATIVES) break;
  }
  family.delete(start);
  return [...family];
}
