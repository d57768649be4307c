import { DamagedStructureError } from '@diskwright/sdk/errors';
import { inode as inodeLayout } from '../structures/inode';
import type { InodeRecord } from './inodeRecord';
import type { InodeTable } from './inodeTable';
import { nameOf } from '@diskwright/sdk/files';

const MAGIC = 0xea020000;
const BLOCK_HEAD_BYTES = 32;
const INODE_HEAD_BYTES = 4;
const ENTRY_BYTES = 16;

/** By `e_name_index`; what stands for a whole name has no dot at its end. */
const prefixes: Record<number, string> = {
  0: '',
  1: 'user.',
  2: 'system.posix_acl_access',
  3: 'system.posix_acl_default',
  4: 'trusted.',
  6: 'security.',
  7: 'system.',
  8: 'system.richacl',
  9: 'encryption.',
  11: 'hurd.',
};

/** An extended attribute. The bytes are as they lie on the disk: the kernel gives access lists (posix_acl) to programs in another form. */
export interface Attribute {
  name: string;
  size: number;
  /** Null when the value is the content of an inode of its own. */
  value: Buffer | null;
  /** Number of that inode; 0 when there is none. */
  valueInode: number;
}

/**
 * The extended attributes of an inode, from the inode itself and from its block of attributes. `system.data` is not one of them: it is content
 * (see `inlineData.ts`), and given only with `withContent`.
 * @throws DamagedStructureError when an entry makes no sense; what `read` throws
 */
export async function attributesOf(
  { source, geometry }: InodeTable,
  inode: InodeRecord,
  signal: AbortSignal,
  withContent = false,
): Promise<Attribute[]> {
  const attributes: Attribute[] = [...inInode(inode)];
  const { attributeBlock } = inode;
  if (attributeBlock !== 0) {
    const { blockSize, blocksCount } = geometry;
    if (attributeBlock >= blocksCount) throw damaged(inode, `are in block ${attributeBlock}, outside of the filesystem`);
    const bytes = await source.read(attributeBlock * blockSize, blockSize, signal);
    if (bytes.readUInt32LE(0) !== MAGIC) throw damaged(inode, `are in block ${attributeBlock}, whose magic number is wrong`);
    attributes.push(...entries(inode, bytes, BLOCK_HEAD_BYTES, 0));
  }
  return withContent ? attributes : attributes.filter(({ name }) => name !== 'system.data');
}

/** Whether there is anything for `attributesOf` to read, which may be content only. */
export function hasAttributes(inode: InodeRecord): boolean {
  return inode.attributeBlock !== 0 || areaInInode(inode) !== null;
}

function* inInode(inode: InodeRecord): Generator<Attribute, void, undefined> {
  const area = areaInInode(inode);
  if (area) yield* entries(inode, area, INODE_HEAD_BYTES, INODE_HEAD_BYTES);
}

/** Where attributes lie behind the inode's fields; null when there are none. */
function areaInInode(inode: InodeRecord): Buffer | null {
  const start = inodeLayout.size + inode.extraSize;
  if (inode.extraSize === 0 || start > inode.bytes.length - INODE_HEAD_BYTES) return null;
  const area = inode.bytes.subarray(start);
  return area.readUInt32LE(0) === MAGIC ? area : null;
}

/** @param valuesFrom where offsets of values count from */
function* entries(inode: InodeRecord, bytes: Buffer, first: number, valuesFrom: number): Generator<Attribute, void, undefined> {
  for (let at = first; at <= bytes.length - 4 && bytes.readUInt32LE(at) !== 0;) {
    if (at > bytes.length - ENTRY_BYTES) throw damaged(inode, 'end within an entry');
    const nameLength = bytes[at]!;
    const end = at + ENTRY_BYTES + nameLength;
    const valueInode = bytes.readUInt32LE(at + 4);
    const size = bytes.readUInt32LE(at + 8);
    const value = valuesFrom + bytes.readUInt16LE(at + 2);
    if (end > bytes.length || (valueInode === 0 && value + size > bytes.length))
      throw damaged(inode, 'lead outside of their block');
    const prefix = prefixes[bytes[at + 1]!] ?? `index ${bytes[at + 1]}.`;
    const name = prefix + nameOf(bytes.subarray(at + ENTRY_BYTES, end)).text;
    yield { name, size, value: valueInode === 0 ? bytes.subarray(value, value + size) : null, valueInode };
    at = Math.ceil((end - first) / 4) * 4 + first;
  }
}

function damaged(inode: InodeRecord, problem: string): DamagedStructureError {
  return new DamagedStructureError('ext extended attributes', `the extended attributes of inode ${inode.number} ${problem}`);
}
