import { runPython } from '@diskwright/sdk/testing';

const SCRIPT = 'import os,sys\nos.setxattr(sys.argv[1], sys.argv[2], bytes.fromhex(sys.argv[3]))';

/** Sets an extended attribute of a file in a mounted volume; the driver has some that stand for parts of NTFS. */
export function setAttribute(path: string, name: string, value: Buffer): void {
  runPython(SCRIPT, path, name, value.toString('hex'));
}

/** Sets the attributes of a file or folder, bits of `FileAttribute`. */
export function setFileAttributes(path: string, attributes: number): void {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(attributes);
  setAttribute(path, 'system.ntfs_attrib_be', value);
}

/** Makes a reparse point of a file or an empty folder. */
export function setReparsePoint(path: string, tag: number, data: Buffer): void {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(tag, 0);
  header.writeUInt16LE(data.length, 4);
  setAttribute(path, 'system.ntfs_reparse_data', Buffer.concat([header, data]));
}

/** The data of a symbolic link (with flags) or a mount point (without). */
export function linkData(target: string, shown: string, flags?: number): Buffer {
  const [first, second] = [Buffer.from(target, 'utf16le'), Buffer.from(shown, 'utf16le')];
  const header = Buffer.alloc(flags === undefined ? 8 : 12);
  header.writeUInt16LE(0, 0);
  header.writeUInt16LE(first.length, 2);
  header.writeUInt16LE(first.length, 4);
  header.writeUInt16LE(second.length, 6);
  if (flags !== undefined) header.writeUInt32LE(flags, 8);
  return Buffer.concat([header, first, second]);
}
