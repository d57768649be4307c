const ESCAPES = new Map([
  [0x5c, Buffer.from('\\\\')],
  [0x0a, Buffer.from('\\n')],
  [0x0d, Buffer.from('\\r')],
]);

/**
 * A line as `sha256sum` writes and `sha256sum -c` takes it, without its end. In a path with a backslash or a line's end those are escaped, and the line begins
 * with a backslash; all other bytes stand as they are.
 */
export function checksumLine(digest: string, path: Buffer): Buffer {
  if (!path.some((byte) => ESCAPES.has(byte))) return Buffer.concat([Buffer.from(`${digest}  `), path]);
  const escaped = [...path].map((byte) => ESCAPES.get(byte) ?? Buffer.of(byte));
  return Buffer.concat([Buffer.from(`\\${digest}  `), ...escaped]);
}
