const mebibyte = 1024 * 1024;
const gibibyte = 1024 * mebibyte;

/** An image to be made, and how it is filled. */
export interface ImageCase {
  name: string;
  size: number;
  args: readonly string[];
  /** `prototype`: by mkfs.xfs, for what the kernel does not mount; `kernel`: by the kernel, with deleted files and fragments. */
  files: 'prototype' | 'kernel' | 'none';
  /** In the place of a tree of everything. */
  fill?: 'full' | 'fragmented' | 'planes' | 'far away' | 'many' | 'very many';
  sectorSize?: 512 | 4096;
}

/** Images of every feature that mkfs.xfs can switch on, in many sizes. */
export const imageCases: readonly ImageCase[] = [
  { name: 'as it comes', size: 400 * mebibyte, args: [], files: 'kernel' },
  { name: 'empty', size: 300 * mebibyte, args: [], files: 'none' },
  { name: 'full', size: 300 * mebibyte, args: [], files: 'kernel', fill: 'full' },
  { name: 'blocks of 1 KiB', size: 400 * mebibyte, args: ['-b', 'size=1024'], files: 'kernel' },
  { name: 'blocks of 2 KiB', size: 400 * mebibyte, args: ['-b', 'size=2048'], files: 'kernel' },
  { name: 'blocks of 8 KiB', size: 400 * mebibyte, args: ['-b', 'size=8192'], files: 'kernel' },
  { name: 'blocks of 16 KiB', size: 500 * mebibyte, args: ['-b', 'size=16384'], files: 'kernel' },
  { name: 'blocks of 64 KiB', size: 1 * gibibyte, args: ['-b', 'size=65536'], files: 'kernel' },
  { name: 'sectors of 4096 bytes', size: 400 * mebibyte, args: ['-s', 'size=4096'], files: 'kernel', sectorSize: 4096 },
  {
    name: 'blocks of 2 KiB, directory blocks of 16 KiB',
    size: 400 * mebibyte,
    args: ['-b', 'size=2048', '-n', 'size=16384'],
    files: 'kernel',
  },
  {
    name: 'no bigtime, no finobt, no reflink',
    size: 400 * mebibyte,
    args: ['-m', 'bigtime=0,finobt=0,reflink=0,inobtcount=0'],
    files: 'kernel',
  },
  { name: 'heavily fragmented', size: 300 * mebibyte, args: ['-b', 'size=1024'], files: 'kernel', fill: 'fragmented' },
  { name: 'names from every plane', size: 300 * mebibyte, args: [], files: 'kernel', fill: 'planes' },
  { name: 'sparse above 4 GiB', size: 300 * mebibyte, args: [], files: 'kernel', fill: 'far away' },
  { name: '4000 files in a folder', size: 300 * mebibyte, args: [], files: 'kernel', fill: 'many' },
  { name: '100 000 files in a folder', size: 400 * mebibyte, args: [], files: 'kernel', fill: 'very many' },
  { name: 'inodes of 1 KiB', size: 400 * mebibyte, args: ['-i', 'size=1024'], files: 'kernel' },
  { name: 'inodes of 2 KiB', size: 400 * mebibyte, args: ['-i', 'size=2048'], files: 'kernel' },
  { name: 'directory blocks of 64 KiB', size: 400 * mebibyte, args: ['-n', 'size=65536'], files: 'kernel' },
  { name: 'a reverse map', size: 400 * mebibyte, args: ['-m', 'rmapbt=1'], files: 'kernel' },
  { name: 'no reflink', size: 400 * mebibyte, args: ['-m', 'reflink=0'], files: 'kernel' },
  { name: 'no finobt', size: 400 * mebibyte, args: ['-m', 'finobt=0,inobtcount=0'], files: 'kernel' },
  { name: 'no bigtime', size: 400 * mebibyte, args: ['-m', 'bigtime=0'], files: 'kernel' },
  { name: 'no sparse inodes', size: 400 * mebibyte, args: ['-i', 'sparse=0'], files: 'kernel' },
  { name: 'large extent counts', size: 400 * mebibyte, args: ['-i', 'nrext64=1'], files: 'kernel' },
  { name: 'five groups', size: 400 * mebibyte, args: ['-d', 'agcount=5'], files: 'kernel' },
  { name: 'a stripe', size: 600 * mebibyte, args: ['-d', 'su=64k,sw=4'], files: 'kernel' },
  { name: 'a log with stripes', size: 600 * mebibyte, args: ['-l', 'su=256k'], files: 'kernel' },
  { name: '2 TiB', size: 2048 * gibibyte, args: [], files: 'kernel' },
  { name: 'version 4', size: 400 * mebibyte, args: ['-m', 'crc=0'], files: 'prototype' },
  { name: 'version 4, types in directories', size: 400 * mebibyte, args: ['-m', 'crc=0', '-n', 'ftype=1'], files: 'prototype' },
  { name: 'version 4, blocks of 512 bytes', size: 400 * mebibyte, args: ['-m', 'crc=0', '-b', 'size=512'], files: 'prototype' },
  { name: 'version 4, inodes of 256 bytes', size: 400 * mebibyte, args: ['-m', 'crc=0', '-i', 'size=256'], files: 'prototype' },
  { name: 'version 4, no lazy counts', size: 400 * mebibyte, args: ['-m', 'crc=0', '-l', 'lazy-count=0'], files: 'prototype' },
  { name: 'names of no case', size: 400 * mebibyte, args: ['-n', 'version=ci'], files: 'prototype' },
  { name: 'blocks of 4 KiB by a prototype', size: 400 * mebibyte, args: [], files: 'prototype' },
];
