const FORM_ON_DISK = 1;
const FORM_OF_CALLS = 2;
const ENTRY_BYTES = 8;
/** What names a user or a group has a number; of the others it is left out on the disk. */
const NAMED_TAGS = new Set([0x02, 0x08]);
const NO_ID = 0xffffffff;

/** An access list (POSIX 1003.1e) in the form in which the system takes it; ext keeps it in a shorter one. Anything else is answered as it is. */
export function accessListForSystem(value: Buffer): Buffer {
  if (value.length < 4 || value.readUInt32LE(0) !== FORM_ON_DISK) return value;
  const entries: Buffer[] = [];
  for (let at = 4; at + 4 <= value.length;) {
    const tag = value.readUInt16LE(at);
    const isNamed = NAMED_TAGS.has(tag);
    if (isNamed && at + ENTRY_BYTES > value.length) return value;
    const entry = Buffer.alloc(ENTRY_BYTES);
    entry.writeUInt16LE(tag, 0);
    entry.writeUInt16LE(value.readUInt16LE(at + 2), 2);
    entry.writeUInt32LE(isNamed ? value.readUInt32LE(at + 4) : NO_ID, 4);
    entries.push(entry);
    at += isNamed ? ENTRY_BYTES : 4;
  }
  const head = Buffer.alloc(4);
  head.writeUInt32LE(FORM_OF_CALLS, 0);
  return Buffer.concat([head, ...entries]);
}
