// What is cloned: an ext4 volume of real files, and a file of as many bytes without holes. Made once, and kept in the bench's folder.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, linkSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Room for the filesystem's own structures, and free space as a disk in use has it. */
const DISK_PER_CONTENT = 2;

/**
 * @param gibibytes of files in the volume
 * @returns paths, and sizes in bytes: `usedBytes` is what of the volume is allocated
 */
export function sampleDisk(folder, gibibytes) {
  mkdirSync(folder, { recursive: true });
  const volume = join(folder, `volume-${gibibytes}.img`);
  const dense = join(folder, `dense-${gibibytes}.img`);
  if (!existsSync(volume)) makeVolume(folder, volume, gibibytes * 1024 ** 3);
  const usedBytes = statSync(volume).blocks * 512;
  const mebibytes = Math.ceil(usedBytes / 1024 ** 2);
  if (!existsSync(dense)) {
    execFileSync('dd', ['if=/dev/urandom', `of=${dense}.part`, 'bs=1M', `count=${mebibytes}`, 'conv=fsync', 'status=none']);
    renameSync(`${dense}.part`, dense);
  }
  return { volume, size: statSync(volume).size, usedBytes, dense, denseBytes: mebibytes * 1024 ** 2 };
}

function makeVolume(folder, volume, bytes) {
  const tree = join(folder, 'tree');
  rmSync(tree, { recursive: true, force: true });
  try {
    gather('/usr', tree, bytes);
    const kibibytes = (bytes * DISK_PER_CONTENT) / 1024;
    execFileSync('mke2fs', ['-q', '-t', 'ext4', '-F', '-L', 'bench', '-d', tree, `${volume}.part`, `${kibibytes}k`]);
    renameSync(`${volume}.part`, volume);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** Links the first files of a tree, in order of their names, until they are so many bytes; where links cannot be made, copies. */
function gather(from, to, bytes) {
  let left = bytes;
  for (const { name, parentPath } of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const path = join(parentPath, name);
    const status = lstatSync(path);
    if (!status.isFile() || status.size > left) continue;
    const place = join(to, path);
    mkdirSync(dirname(place), { recursive: true });
    try {
      linkSync(path, place);
    } catch {
      copyFileSync(path, place);
    }
    left -= status.size;
  }
}
