import { InvalidInputError } from '@diskwright/sdk/errors';
import { ObjectId } from '../trees/key';

/** A file: an inode of a subvolume. */
export interface FileId {
  /** The subvolume's tree. */
  tree: number;
  inode: number;
}

/** Stands for what is at the place of a subvolume in a snapshot of the one around it: an empty directory. */
export const EMPTY_DIRECTORY = 2;

/** `257` of the top subvolume, `256/257` of others. */
export function nodeText({ tree, inode }: FileId): string {
  return tree === ObjectId.FS_TREE ? String(inode) : `${tree}/${inode}`;
}

const NODE = /^(?:([1-9]\d{0,14})\/)?([1-9]\d{0,14})$/;

/** Whether there can be such a file; what damaged directories name may be beyond all numbers. */
export function isNode(node: string): boolean {
  return NODE.test(node);
}

/** @throws InvalidInputError for what cannot be a file */
export function parseNode(node: string): FileId {
  const [, tree, inode] = NODE.exec(node) ?? [];
  if (inode === undefined) throw new InvalidInputError(`there is no inode ${node.slice(0, 40)}`);
  return { tree: tree === undefined ? ObjectId.FS_TREE : Number(tree), inode: Number(inode) };
}
