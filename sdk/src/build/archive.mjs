import { gzipSync } from 'node:zlib';

/** npm's own time for everything in a package: 1985-10-26. */
const MODIFIED_SECONDS = 499162500;
const BLOCK = 512;
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;

/** One ustar header (POSIX.1-2017, pax, "ustar Interchange Format"). */
function header(path, size, executable) {
  const bytes = Buffer.alloc(BLOCK);
  const octal = (value, digits) => value.toString(8).padStart(digits, '0');
  const { prefix, name } = splitPath(path);
  bytes.write(name, 0);
  bytes.write(executable ? '0000755\0' : '0000644\0', 100);
  bytes.write('0000000\0', 108);
  bytes.write('0000000\0', 116);
  bytes.write(`${octal(size, 11)}\0`, 124);
  bytes.write(`${octal(MODIFIED_SECONDS, 11)}\0`, 136);
  bytes.write('        ', 148);
  bytes.write('0', 156);
  bytes.write('ustar\x0000', 257);
  bytes.write(prefix, 345);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${octal(sum, 6)}\0 `, 148);
  return bytes;
}

function splitPath(path) {
  if (Buffer.byteLength(path) <= NAME_BYTES) return { prefix: '', name: path };
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(prefix) <= PREFIX_BYTES && Buffer.byteLength(name) <= NAME_BYTES) return { prefix, name };
  }
  throw new Error(`the path ${path} is too long for a package`);
}

/**
 * Makes the package of a plugin as `npm pack` would: all files below `package/`, the same bytes for the same content.
 * @param {{ path: string, content: Buffer, executable: boolean }[]} files paths relative to the plugin's folder, with slashes
 * @returns {Buffer} the bytes of a `.tgz`
 */
export function makeArchive(files) {
  const ordered = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const parts = ordered.flatMap(({ path, content, executable }) => [
    header(`package/${path}`, content.length, executable),
    content,
    Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK),
  ]);
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]), { level: 9 });
}
