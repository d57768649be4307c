import type { NodeMetadata, NodeType } from '@diskwright/sdk/protocol';

/** What files of Interix begin with, which the driver ntfs-3g writes as well: links, and devices. */
const MAGICS: Record<string, NodeType> = {
  'IntxLNK\x01': 'symlink',
  'IntxCHR\0': 'characterDevice',
  'IntxBLK\0': 'blockDevice',
};
const MAGIC_BYTES = 8;
const INTX = 0x7874_6e49;
/** A path of Windows, and the magic. */
const LONGEST = 65536 + MAGIC_BYTES;

/** Whether a value may be a special file of Interix; whether it is, the attribute `system` decides. */
export function isInterixLink(bytes: Buffer, start: number, length: number): boolean {
  return length > MAGIC_BYTES && length <= LONGEST && bytes.readUInt32LE(start) === INTX;
}

/** What a file of Interix is; null when it is an ordinary file. */
export function interixType(value: Buffer): NodeType | null {
  return MAGICS[value.toString('latin1', 0, MAGIC_BYTES)] ?? null;
}

/** The target of a link. */
export function interixTarget(value: Buffer): string {
  return value.toString('utf16le', MAGIC_BYTES, value.length - (value.length % 2));
}

/** Major and minor number of a device; absent where they are missing. */
export function interixDevice(value: Buffer): Pick<NodeMetadata, 'device'> {
  if (value.length < MAGIC_BYTES + 16) return {};
  return { device: { major: value.readUInt32LE(MAGIC_BYTES), minor: value.readUInt32LE(MAGIC_BYTES + 8) } };
}
