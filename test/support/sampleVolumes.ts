/** A volume of every filesystem, with the same few files, made by the format's own tools. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { must } from './tool';
import { requireRoot, requireTool } from './tools';
import { waitFor } from './waitFor';

export const FILESYSTEMS = ['ext4', 'ntfs', 'vfat', 'exfat', 'xfs', 'btrfs', 'iso9660'] as const;
export type FilesystemName = (typeof FILESYSTEMS)[number];

export interface SampleVolume {
  image: string;
  /** Where the bytes of `/data.bin` begin, found in the image by what they are. */
  dataOffset: number;
  /** The number of its inode, or of what stands for one; null where the driver makes numbers up. */
  dataInode: number | null;
  /** Entries of `/names`, as they have to be shown. */
  names: string[];
}

/** A picture of 2 by 2 pixels. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEklEQVR4nGP4z8DAAMIM/4EAAB/uBfsL2WiLAAAAAElFTkSuQmCC',
  'base64',
);
export const LETTER = 'Dear reader,\nthis is a letter.\n';
/** Of a text that is compressed where a filesystem can. */
export const lineOf = (number: number): string => `This is line ${number} of a long text that compresses well.`;
const LONG_LINES = 6000;
const DATA_BYTES = 5000;
const MIB = 1024 * 1024;

/** Names that deceive or do harm where they are taken for something else, with what is shown of them. */
const DECEIVING: readonly [name: string | Buffer, shown: string][] = [
  ['a\u202etxt.exe', 'a\\u202etxt.exe'],
  ['שלום עולם.txt', 'שלום עולם.txt'],
  ['𝄞 clef 漢字.txt', '𝄞 clef 漢字.txt'],
];
/** Not on FAT and exFAT, which have no such names. */
const HARMFUL: typeof DECEIVING = [
  ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ['esc\x1b[31mred', 'esc\\x1b[31mred'],
  ['line\nbreak', 'line\\x0abreak'],
];
const LONG: (typeof DECEIVING)[number] = [`${'long '.repeat(48)}name`, `${'long '.repeat(48)}name`];
/** Where names are bytes. */
const NO_TEXT: (typeof DECEIVING)[number] = [Buffer.from('bad\xff\xfe.txt', 'latin1'), 'bad\\xff\\xfe.txt'];

const NAMES: Readonly<Record<FilesystemName, typeof DECEIVING>> = {
  ext4: [...DECEIVING, ...HARMFUL, LONG, NO_TEXT],
  xfs: [...DECEIVING, ...HARMFUL, LONG, NO_TEXT],
  btrfs: [...DECEIVING, ...HARMFUL, LONG, NO_TEXT],
  iso9660: [...DECEIVING, ...HARMFUL, NO_TEXT],
  ntfs: [...DECEIVING, ...HARMFUL, LONG],
  // Not the last one: mcopy writes other characters for those beyond 16 bits.
  vfat: DECEIVING.slice(0, -1),
  exfat: [...DECEIVING, LONG],
};

function requireFilesystem(type: FilesystemName): void {
  const tools: Record<FilesystemName, string[]> = {
    ext4: ['mkfs.ext4', 'debugfs'],
    ntfs: ['mkfs.ntfs', 'ntfs-3g'],
    vfat: ['mkfs.vfat', 'mcopy'],
    exfat: ['mkfs.exfat', 'mount.exfat-fuse'],
    xfs: ['mkfs.xfs'],
    btrfs: ['mkfs.btrfs'],
    iso9660: ['xorriso'],
  };
  requireTool(...tools[type]);
  if (!['ext4', 'vfat', 'iso9660'].includes(type)) requireRoot();
}

/** Answers the volume of a filesystem, made once for all tests of a file, which leave it as it is. */
export function sharedSamples(): (type: FilesystemName) => Promise<SampleVolume> {
  const made = new Map<FilesystemName, Promise<SampleVolume>>();
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'diskwright-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return (type) => {
    requireFilesystem(type);
    const sample = made.get(type) ?? sampleVolume(type, folder);
    made.set(type, sample);
    return sample;
  };
}

async function sampleVolume(type: FilesystemName, folder: string): Promise<SampleVolume> {
  const image = join(folder, `${type}.img`);
  const tree = join(folder, `${type}-tree`);
  const data = randomBytes(DATA_BYTES);
  const names = NAMES[type];
  await makeTree(tree, data, names);
  const dataInode = await MAKERS[type](image, tree);
  return { image, dataInode, dataOffset: await find(image, data.subarray(0, 64)), names: names.map(([, shown]) => shown) };
}

async function makeTree(folder: string, data: Buffer, names: typeof DECEIVING): Promise<void> {
  await mkdir(join(folder, 'names'), { recursive: true });
  const long = Array.from({ length: LONG_LINES }, (_, index) => `${lineOf(index + 1)}\n`).join('');
  await writeFile(join(folder, 'letter.txt'), LETTER);
  await writeFile(join(folder, 'long.txt'), long);
  await writeFile(join(folder, 'dot.png'), PNG);
  await writeFile(join(folder, 'data.bin'), data);
  for (const [name] of names) await writeFile(Buffer.concat([Buffer.from(`${folder}/names/`), Buffer.from(name)]), LETTER);
}

type Make = (image: string, tree: string) => Promise<number | null>;

const MAKERS: Readonly<Record<FilesystemName, Make>> = {
  ext4: async (image, tree) => {
    await must('mkfs.ext4', '-q', '-b', '1024', '-L', 'sample', '-d', tree, image, '16M');
    const stated = await must('debugfs', '-R', 'stat /data.bin', image);
    return Number(/Inode: (\d+)/.exec(stated)![1]);
  },
  xfs: async (image, tree) => {
    await blank(image, 300 * MIB);
    await must('mkfs.xfs', '-q', '-L', 'sample', image);
    return mounted(['-t', 'xfs', '-o', 'loop'], image, tree);
  },
  btrfs: async (image, tree) => {
    await blank(image, 128 * MIB);
    await must('mkfs.btrfs', '-q', '-L', 'sample', image);
    return mounted(['-t', 'btrfs', '-o', 'loop,compress=zlib'], image, tree);
  },
  exfat: async (image, tree) => {
    await blank(image, 16 * MIB);
    await must('mkfs.exfat', '-L', 'sample', image);
    await mounted(['-t', 'exfat-fuse', '-o', 'loop'], image, tree);
    return null;
  },
  ntfs: async (image, tree) => {
    await blank(image, 16 * MIB);
    await must('mkfs.ntfs', '-F', '-Q', '-q', '-L', 'sample', image);
    return mountedByNtfs3g(image, tree);
  },
  vfat: async (image, tree) => {
    await must('mkfs.vfat', '-C', '-n', 'SAMPLE', image, '8192');
    const files = ['letter.txt', 'long.txt', 'dot.png', 'data.bin', 'names'].map((name) => join(tree, name));
    await must('mcopy', '-s', '-i', image, ...files, '::/');
    return null;
  },
  iso9660: async (image, tree) => {
    await must('xorriso', '-as', 'mkisofs', '-quiet', '-R', '-V', 'SAMPLE', '-o', image, tree);
    return null;
  },
};

async function blank(image: string, bytes: number): Promise<void> {
  await writeFile(image, '');
  await truncate(image, bytes);
}

/** Copies the tree while the image is mounted; answers the inode of `data.bin`. */
async function mounted(options: string[], image: string, tree: string): Promise<number> {
  const place = `${image}-mounted`;
  await mkdir(place);
  await must('mount', ...options, image, place);
  try {
    return await fill(tree, place);
  } finally {
    await must('umount', place);
  }
}

/** The driver ends when it has written everything. */
async function mountedByNtfs3g(image: string, tree: string): Promise<number> {
  const place = `${image}-mounted`;
  await mkdir(place);
  const before = (await stat(place)).dev;
  const driver = spawn('ntfs-3g', ['-o', 'no_detach', image, place], { stdio: 'ignore' });
  const ended = once(driver, 'exit');
  await waitFor(async () => (await stat(place)).dev !== before, 'ntfs-3g has mounted the image');
  try {
    return await fill(tree, place);
  } finally {
    await must('umount', place);
    await ended;
  }
}

async function fill(tree: string, place: string): Promise<number> {
  // By a tool: names that are no text are lost in strings.
  await must('cp', '-r', `${tree}/.`, place);
  return (await stat(join(place, 'data.bin'))).ino;
}

/** Where bytes lie in a file. @throws Error when they lie nowhere */
async function find(path: string, bytes: Buffer): Promise<number> {
  const file = await open(path);
  try {
    const piece = Buffer.alloc(4 * MIB);
    for (let offset = 0; ; offset += piece.length - bytes.length) {
      const { bytesRead } = await file.read(piece, 0, piece.length, offset);
      const at = piece.subarray(0, bytesRead).indexOf(bytes);
      if (at >= 0) return offset + at;
      if (bytesRead < piece.length) throw new Error(`${path} does not hold the bytes`);
    }
  } finally {
    await file.close();
  }
}
