const BYTES_PER_LINE = 16;

/** A hex dump as `hexdump -C` prints it, with offsets from the start of the device; equal lines are folded to `*`. */
export function* hexDump(bytes: Buffer, offset: number): Generator<string> {
  let previous: string | null = null;
  let folded = false;
  for (let at = 0; at < bytes.length; at += BYTES_PER_LINE) {
    const line = bytes.subarray(at, at + BYTES_PER_LINE);
    const key = line.toString('latin1');
    if (key === previous && at + BYTES_PER_LINE < bytes.length) {
      if (!folded) yield '*';
      folded = true;
      continue;
    }
    folded = false;
    previous = key;
    const digits = Array.from(line, (byte) => byte.toString(16).padStart(2, '0'));
    const hex = `${digits.slice(0, 8).join(' ').padEnd(23)}  ${digits.slice(8).join(' ').padEnd(23)}`;
    const text = key.replace(/[^\x20-\x7e]/g, '.');
    yield `${(offset + at).toString(16).padStart(8, '0')}  ${hex}  |${text}|`;
  }
  yield (offset + bytes.length).toString(16).padStart(8, '0');
}
