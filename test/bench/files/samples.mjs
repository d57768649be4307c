// The volumes whose files are listed and read. Made once, and kept in the bench's folder.
import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const TIB = 1024 ** 4;

const FILES_IN_DIRECTORY = 100;
const DIRECTORIES_IN_DIRECTORY = 50;
/** Of the extents of the half full terabyte, and of the holes between them. */
const EXTENT_BYTES = 512 * 1024;

const tool = (command, ...args) => execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });

/** The path of something that `make` writes; what a cut run left is made anew. */
function kept(folder, name, make) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  if (existsSync(path)) return path;
  const part = `${path}.part`;
  rmSync(part, { force: true, recursive: true });
  make(part);
  renameSync(part, path);
  return path;
}

/** @returns by filesystem, the path of a volume with so many small files, a hundred in a directory */
export function volumesOfMany(folder, count) {
  const tree = join(folder, 'many');
  const withTree = (make) => (part) => {
    if (!existsSync(tree)) makeSmallFiles(tree, count);
    make(part);
  };
  try {
    return {
      ext4: kept(
        folder,
        `many-${count}.ext4`,
        withTree((part) => tool('mke2fs', '-q', '-F', '-t', 'ext4', '-i', '8192', '-d', tree, part, '3g')),
      ),
      NTFS: kept(
        folder,
        `many-${count}.ntfs`,
        withTree((part) => makeNtfs(part, 3 * GIB, (mounted) => tool('cp', '-r', `${tree}/.`, mounted))),
      ),
      FAT32: kept(
        folder,
        `many-${count}.fat`,
        withTree((part) =>
          makeFat(
            part,
            3 * GIB,
            readdirSync(tree).map((name) => join(tree, name)),
          ),
        ),
      ),
    };
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** @returns by filesystem, a volume with one file of random bytes in its root, called `large` */
export function volumesOfOne(folder, bytes) {
  const tree = join(folder, 'one');
  const size = `${Math.ceil((bytes * 1.25) / MIB)}m`;
  const withTree = (make) => (part) => {
    if (!existsSync(tree)) makeRandomFile(tree, bytes);
    make(part);
  };
  try {
    return {
      ext4: kept(
        folder,
        `one-${bytes}.ext4`,
        withTree((part) => tool('mke2fs', '-q', '-F', '-t', 'ext4', '-d', tree, part, size)),
      ),
      NTFS: kept(
        folder,
        `one-${bytes}.ntfs`,
        withTree((part) => makeNtfs(part, bytes * 1.25, (mounted) => tool('cp', join(tree, 'large'), mounted))),
      ),
      FAT32: kept(
        folder,
        `one-${bytes}.fat`,
        withTree((part) => makeFat(part, bytes * 1.25, [join(tree, 'large')])),
      ),
    };
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** An ext4 of a terabyte, sparse, that one file of a million extents fills to the half. */
export function halfFullTerabyte(folder) {
  return kept(folder, 'terabyte.ext4', (part) => {
    writeFileSync(part, '');
    truncateSync(part, TIB);
    tool('mke2fs', '-q', '-F', '-t', 'ext4', '-E', 'lazy_itable_init=1,lazy_journal_init=1,nodiscard', '-m', '0', part);
    withMount(['-o', 'loop,nodiscard'], part, (mounted) => {
      const file = join(mounted, 'half');
      const bytes = 2_000_000 * EXTENT_BYTES;
      tool('fallocate', '-l', String(bytes), file);
      // Every other piece is made a hole.
      const step = EXTENT_BYTES / 1024;
      const holes = ['--ioengine=falloc', `--rw=trim:${step}k`, `--bs=${step}k`, `--io_size=${bytes / 2}`];
      tool('fio', '--name=holes', `--filename=${file}`, `--size=${bytes}`, ...holes, '--output=/dev/null');
    });
  });
}

/** @returns by format, a path of an image of what `volume` holds */
export function imagesOf(folder, volume) {
  const convert = (name, format, ...options) => [
    name,
    kept(folder, `${name.replace(/\W+/g, '-')}.image`, (part) =>
      tool('qemu-img', 'convert', '-f', 'raw', '-O', format, ...options, volume, part),
    ),
  ];
  return Object.fromEntries([
    ['raw', volume],
    convert('qcow2', 'qcow2'),
    convert('qcow2 compressed', 'qcow2', '-c'),
    convert('VDI', 'vdi'),
    convert('VMDK', 'vmdk'),
    convert('VMDK streamOptimized', 'vmdk', '-o', 'subformat=streamOptimized'),
    convert('VHD', 'vpc', '-o', 'force_size=on'),
    convert('VHDX', 'vhdx'),
    [
      'partclone',
      kept(folder, 'partclone.image', (part) => tool('partclone.ext4', '-c', '-q', '-s', volume, '-o', part, '-L', '/dev/null')),
    ],
  ]);
}

function makeSmallFiles(tree, count) {
  const bytes = Buffer.alloc(FILES_IN_DIRECTORY, 'x');
  for (let directory = 0; directory * FILES_IN_DIRECTORY < count; directory++) {
    const above = join(tree, `folder ${Math.floor(directory / DIRECTORIES_IN_DIRECTORY)}`);
    const path = join(above, `directory-${directory}`);
    mkdirSync(path, { recursive: true });
    for (let index = 0; index < Math.min(FILES_IN_DIRECTORY, count - directory * FILES_IN_DIRECTORY); index++)
      writeFileSync(join(path, `document ${directory * FILES_IN_DIRECTORY + index}.text`), bytes.subarray(0, index));
  }
}

function makeRandomFile(tree, bytes) {
  mkdirSync(tree, { recursive: true });
  const file = openSync(join(tree, 'large'), 'w');
  const piece = Buffer.alloc(MIB);
  for (let at = 0; at < bytes; at += piece.length) writeSync(file, randomFillSync(piece));
  closeSync(file);
}

function makeNtfs(path, bytes, fill) {
  writeFileSync(path, '');
  truncateSync(path, bytes);
  tool('mkntfs', '-Q', '-q', '-F', path);
  withMount(['-t', 'ntfs-3g', '-o', 'big_writes,async'], path, fill);
}

function makeFat(path, bytes, content) {
  writeFileSync(path, '');
  truncateSync(path, bytes);
  tool('mkfs.fat', '-F', '32', '-s', '8', path);
  tool('mcopy', '-s', '-Q', '-i', path, ...content, '::/');
}

function withMount(options, image, action) {
  const mounted = `${image}.mounted`;
  mkdirSync(mounted);
  tool('mount', ...options, image, mounted);
  try {
    action(mounted);
  } finally {
    tool('umount', mounted);
    rmSync(mounted, { recursive: true });
  }
}
