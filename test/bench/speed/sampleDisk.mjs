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

/** The files of a tree in order of their names, over and over until they are so many bytes: at first as links, where these can be made. */
function gather(from, to, bytes) {
  const files = readdirSync(from, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => join(parentPath, name));
  let left = bytes;
  for (let pass = 0, isFull = false; !isFull; pass++) {
    isFull = files.length === 0;
    for (const path of files) {
      const { size } = lstatSync(path);
      if (size > left) {
        isFull = true;
        continue;
      }
      put(path, join(to, `${pass}`, path), pass === 0);
      left -= size;
    }
  }
}

function put(path, place, asLink) {
  mkdirSync(dirname(place), { recursive: true });
  try {
    if (asLink) return linkSync(path, place);
  } catch {
    // It is on another filesystem.
  }
  copyFileSync(path, place);
}
