/** What XFS calls access lists, and what the kernel calls them. */
export const aclNames: Record<string, string> = {
  SGI_ACL_FILE: 'system.posix_acl_access',
  SGI_ACL_DEFAULT: 'system.posix_acl_default',
};

const HEAD_BYTES = 4;
const ENTRY_BYTES = 12;
const KERNEL_VERSION = 2;
const KERNEL_ENTRY_BYTES = 8;
const Tag = { USER: 0x2, GROUP: 0x8 } as const;

/**
 * An access list of XFS (`struct xfs_acl`, big endian) in the form that the kernel gives to programs and takes from them (`posix_acl_xattr_header`, little
 * endian); null when it makes no sense.
 */
export function kernelAcl(value: Buffer): Buffer | null {
  const count = value.length < HEAD_BYTES ? -1 : value.readUInt32BE(0);
  if (count < 0 || count > (value.length - HEAD_BYTES) / ENTRY_BYTES) return null;
  const bytes = Buffer.alloc(HEAD_BYTES + count * KERNEL_ENTRY_BYTES);
  bytes.writeUInt32LE(KERNEL_VERSION, 0);
  for (let index = 0; index < count; index++) {
    const from = HEAD_BYTES + index * ENTRY_BYTES;
    const to = HEAD_BYTES + index * KERNEL_ENTRY_BYTES;
    const tag = value.readUInt32BE(from);
    bytes.writeUInt16LE(tag & 0xffff, to);
    bytes.writeUInt16LE(value.readUInt16BE(from + 8), to + 2);
    // Only named users and groups have a number.
    bytes.writeUInt32LE(tag === Tag.USER || tag === Tag.GROUP ? value.readUInt32BE(from + 4) : 0xffffffff, to + 4);
  }
  return bytes;
}
