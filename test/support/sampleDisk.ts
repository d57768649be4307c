/** Disks with a partition table and real files, made by the formats' own tools. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { must } from './tool';

export const MIB = 1024 * 1024;

export interface SamplePartition {
  number: number;
  start: number;
  size: number;
  filesystem: 'ext4' | 'vfat';
}
export interface SampleDisk {
  path: string;
  size: number;
  sectorSize: 512 | 4096;
  partitions: SamplePartition[];
  /** Path → SHA-256 of every file put into each filesystem. */
  files: Map<string, string>;
}

/** Makes a file of `size` bytes of zeros, or full of `fill`. */
export async function makeImage(path: string, size: number, fill?: number): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.truncate(size);
    if (fill !== undefined) {
      const piece = Buffer.alloc(4 * MIB, fill);
      for (let at = 0; at < size; at += piece.length) await file.write(piece, 0, Math.min(piece.length, size - at), at);
    }
  } finally {
    await file.close();
  }
}

/** A folder tree with small, large, sparse and oddly named files; answers relative path → SHA-256. */
export async function makeTree(folder: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  const put = async (path: string, bytes: Buffer): Promise<void> => {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), bytes);
    hashes.set(path, createHash('sha256').update(bytes).digest('hex'));
  };
  await put('readme.txt', Buffer.from('a sample disk\n'));
  await put('empty', Buffer.alloc(0));
  await put('pictures/large.bin', randomBytes(3 * MIB));
  for (let index = 0; index < 60; index++) await put(`documents/letter-${index}.txt`, randomBytes(100 + index * 337));
  await put('Übersicht der Fotos.txt', Buffer.from('names with spaces and umlauts'));
  return hashes;
}

/** A GPT disk: an EFI system partition (FAT), an ext4 and a FAT32, each with the same tree of real files. */
export async function makeSampleDisk(path: string, scratch: string, sectorSize: 512 | 4096 = 512): Promise<SampleDisk> {
  const size = 200 * MIB;
  await makeImage(path, size);
  const partitions: SamplePartition[] = [
    { number: 1, start: 1 * MIB, size: 40 * MIB, filesystem: 'vfat' },
    { number: 2, start: 41 * MIB, size: 64 * MIB, filesystem: 'ext4' },
    { number: 3, start: 105 * MIB, size: 90 * MIB, filesystem: 'vfat' },
  ];
  await partitionDisk(path, sectorSize, partitions);
  const tree = join(scratch, 'tree');
  await mkdir(tree, { recursive: true });
  const files = await makeTree(tree);
  for (const partition of partitions) await makeFilesystem(path, scratch, tree, partition, sectorSize);
  await rm(tree, { recursive: true });
  return { path, size, sectorSize, partitions, files };
}

async function partitionDisk(path: string, sectorSize: number, partitions: SamplePartition[]): Promise<void> {
  const types = { ext4: '0FC63DAF-8483-4772-8E79-3D69D8477DE4', vfat: 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7' };
  const lines = partitions.map(
    ({ number, start, size, filesystem }) =>
      `${number} : start=${start / sectorSize}, size=${size / sectorSize}, type=${number === 1 ? 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B' : types[filesystem]}, name="part ${number}"`,
  );
  const script = `${path}.sfdisk`;
  await writeFile(script, `label: gpt\n${lines.join('\n')}\n`);
  // sfdisk takes the sector size from the device, so sectors of 4096 need a loop device.
  const device =
    sectorSize === 512 ? path : (await must('losetup', '--find', '--show', '--sector-size', String(sectorSize), path)).trim();
  try {
    await must('sh', '-c', `sfdisk --quiet --no-reread --no-tell-kernel '${device}' < '${script}'`);
  } finally {
    if (device !== path) await must('losetup', '--detach', device);
    await rm(script);
  }
}

/** Formats a file of the partition's size and puts it in its place. */
async function makeFilesystem(
  disk: string,
  scratch: string,
  tree: string,
  partition: SamplePartition,
  sectorSize: number,
): Promise<void> {
  const image = join(scratch, `partition-${partition.number}.img`);
  await makeImage(image, partition.size);
  if (partition.filesystem === 'ext4') {
    await must('mkfs.ext4', '-q', '-F', '-b', '4096', '-L', 'data', '-d', tree, image);
  } else {
    await must(
      'mkfs.fat',
      '-S',
      String(sectorSize),
      '-h',
      String(partition.start / sectorSize),
      '-n',
      `FAT${partition.number}`,
      image,
    );
    const names = (await readdir(tree)).map((name) => join(tree, name));
    await must('mcopy', '-s', '-i', image, ...names, '::/');
  }
  await copyInto(image, disk, partition.start);
  await rm(image);
}

/** Copies `from` into `to` at `offset`, leaving zeros out. */
export async function copyInto(from: string, to: string, offset: number): Promise<void> {
  await must('dd', `if=${from}`, `of=${to}`, `seek=${offset}`, 'oflag=seek_bytes', 'bs=1M', 'conv=notrunc,sparse', 'status=none');
}

/** A partition's bytes as a file of their own, for tools that want one. */
export async function extractPartition(disk: string, partition: { start: number; size: number }, to: string): Promise<string> {
  await must(
    'dd',
    `if=${disk}`,
    `of=${to}`,
    `skip=${partition.start}`,
    `count=${partition.size}`,
    'iflag=skip_bytes,count_bytes',
    'bs=1M',
    'conv=sparse',
    'status=none',
  );
  await must('truncate', '-s', String(partition.size), to);
  return to;
}

/** SHA-256 of every file in a filesystem image, read by the format's own tool (debugfs, mtools). */
export async function hashFiles(image: string, filesystem: 'ext4' | 'vfat', scratch: string): Promise<Map<string, string>> {
  const out = join(scratch, `files-${Math.abs(Date.now())}-${process.hrtime()[1]}`);
  await mkdir(out);
  try {
    if (filesystem === 'ext4') await must('debugfs', '-R', `rdump / ${out}`, image);
    else await must('mcopy', '-s', '-n', '-Q', '-i', image, '::*', out);
    return await hashTree(out, '');
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/** SHA-256 of every file below a folder, by its path with `prefix` before it. */
export async function hashTree(folder: string, prefix: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name === 'lost+found') continue;
    const path = prefix + entry.name;
    if (entry.isDirectory())
      for (const [inner, hash] of await hashTree(join(folder, entry.name), `${path}/`)) hashes.set(inner, hash);
    else if (entry.isFile())
      hashes.set(
        path,
        createHash('sha256')
          .update(await readFile(join(folder, entry.name)))
          .digest('hex'),
      );
  }
  return hashes;
}
