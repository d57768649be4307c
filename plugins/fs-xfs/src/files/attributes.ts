import { DamagedStructureError } from '@diskwright/sdk/errors';
import { nameOf } from '@diskwright/sdk/files';
import { ForkFormat } from '../structures/inode';
import type { XfsVolume } from '../volume';
import { aclNames, kernelAcl } from './accessList';
import { AttributeBlocks } from './attributeBlocks';
import type { Fork, InodeRecord } from './inodeRecord';

/** Bits of an attribute's flags. */
const Flag = { LOCAL: 0x1, ROOT: 0x2, SECURE: 0x4, PARENT: 0x8, INCOMPLETE: 0x80 } as const;

/** An extended attribute. */
export interface Attribute {
  name: string;
  value: Buffer;
}

/** Where the values of attributes are: with their name, or in blocks of their own. */
interface RawAttribute {
  flags: number;
  name: Buffer;
  value: Buffer | { block: number; length: number };
}

const SHORT_HEAD_BYTES = 4;
const SHORT_ENTRY_BYTES = 3;
const LEAF_ENTRY_BYTES = 8;

/**
 * The extended attributes of an inode, named as the kernel names them; access lists in the form that the kernel gives to programs. Pointers to parents are
 * left out: they are no attributes of the file.
 * @throws DamagedStructureError when one makes no sense; what `read` throws
 */
export async function attributesOf(volume: XfsVolume, inode: InodeRecord, signal: AbortSignal): Promise<Attribute[]> {
  const fork = inode.attributeFork;
  if (!fork) return [];
  const blocks = new AttributeBlocks(volume, inode, fork);
  const attributes: Attribute[] = [];
  const raw = fork.format === ForkFormat.LOCAL ? shortAttributes(inode, fork) : leafAttributes(inode, blocks, signal);
  for await (const { flags, name, value } of raw) {
    if ((flags & (Flag.PARENT | Flag.INCOMPLETE)) !== 0) continue;
    const bytes = Buffer.isBuffer(value) ? value : await blocks.remoteValue(value.block, value.length, signal);
    attributes.push(named(flags, name, bytes));
  }
  return attributes;
}

function named(flags: number, raw: Buffer, value: Buffer): Attribute {
  const name = nameOf(raw).text;
  if ((flags & Flag.SECURE) !== 0) return { name: `security.${name}`, value };
  if ((flags & Flag.ROOT) === 0) return { name: `user.${name}`, value };
  const aclName = aclNames[name];
  const acl = aclName === undefined ? null : kernelAcl(value);
  return aclName !== undefined && acl ? { name: aclName, value: acl } : { name: `trusted.${name}`, value };
}

/** The attributes that stand in the inode. */
function* shortAttributes(inode: InodeRecord, { bytes }: Fork): Generator<RawAttribute, void, undefined> {
  const count = bytes.length < SHORT_HEAD_BYTES ? 0 : bytes[2]!;
  let at = SHORT_HEAD_BYTES;
  for (let index = 0; index < count; index++) {
    const [nameLength = 0, valueLength = 0, flags = 0] = bytes.subarray(at, at + SHORT_ENTRY_BYTES);
    const valueAt = at + SHORT_ENTRY_BYTES + nameLength;
    if (nameLength === 0 || valueAt + valueLength > bytes.length) throw damaged(inode, 'lead outside of their inode');
    yield {
      flags,
      name: bytes.subarray(at + SHORT_ENTRY_BYTES, valueAt),
      value: bytes.subarray(valueAt, valueAt + valueLength),
    };
    at = valueAt + valueLength;
  }
}

async function* leafAttributes(
  inode: InodeRecord,
  blocks: AttributeBlocks,
  signal: AbortSignal,
): AsyncGenerator<RawAttribute, void, undefined> {
  for await (const { bytes, headBytes, count } of blocks.leaves(signal)) {
    for (let index = 0; index < count; index++) {
      const entry = headBytes + index * LEAF_ENTRY_BYTES;
      const at = bytes.readUInt16BE(entry + 4);
      yield leafAttribute(inode, bytes, at, bytes[entry + 6]!);
    }
  }
}

function leafAttribute(inode: InodeRecord, bytes: Buffer, at: number, flags: number): RawAttribute {
  const isLocal = (flags & Flag.LOCAL) !== 0;
  const nameAt = at + (isLocal ? 3 : 9);
  if (nameAt > bytes.length) throw damaged(inode, 'lead outside of their block');
  const nameLength = bytes[nameAt - 1]!;
  const nameEnd = nameAt + nameLength;
  const valueLength = isLocal ? bytes.readUInt16BE(at) : 0;
  if (nameLength === 0 || nameEnd + valueLength > bytes.length) throw damaged(inode, 'lead outside of their block');
  const name = bytes.subarray(nameAt, nameEnd);
  const value = isLocal
    ? bytes.subarray(nameEnd, nameEnd + valueLength)
    : { block: bytes.readUInt32BE(at), length: bytes.readUInt32BE(at + 4) };
  return { flags, name, value };
}

function damaged(inode: InodeRecord, problem: string): DamagedStructureError {
  return new DamagedStructureError('XFS extended attributes', `the extended attributes of inode ${inode.number} ${problem}`);
}
