const CALL = 0xe8;
/** What WIM takes for the size of every file. */
const FILE_BYTES = 12_000_000;
/** The last bytes are left as they are. */
const TAIL_BYTES = 10;

/** Makes the targets of calls in machine code relative again, in place: they are absolute in compressed content, as they repeat more often so. */
export function undoCallTranslation(content: Buffer): void {
  for (let at = 0; at < content.length - TAIL_BYTES; at++) {
    if (content[at] !== CALL) continue;
    const absolute = content.readInt32LE(at + 1);
    if (absolute >= 0 && absolute < FILE_BYTES) content.writeInt32LE(absolute - at, at + 1);
    else if (absolute < 0 && absolute >= -at) content.writeInt32LE(absolute + FILE_BYTES, at + 1);
    at += 4;
  }
}
