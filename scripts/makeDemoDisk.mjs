// Writes demo/disk.img.gz, the disk of the demo lab. Run by hand when its content should change; needs sgdisk, mkfs.fat, mkfs.ext4, debugfs and
// mtools. The same versions of these tools give the same bytes.
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { demoFiles } from './demoFiles.mjs';
import { root } from './shared.mjs';

const MIB = 1024 * 1024;
const SECTOR = 512;
/** 2026-03-01 12:00 UTC: every time stamp on the disk. */
const TIME = 1772366400;
const disk = { size: 96 * MIB, guid: '6d1b41c2-58e3-4b5e-9d0a-1f0c2a7be901' };
const esp = {
  number: 1,
  start: 1 * MIB,
  size: 16 * MIB,
  type: 'ef00',
  name: 'EFI system partition',
  guid: 'd0a3a0f5-5a1c-4b0e-8f5e-0c6a2f7d1e01',
};
const photos = {
  number: 2,
  start: 17 * MIB,
  size: 36 * MIB,
  type: '8300',
  name: 'photos',
  guid: 'd0a3a0f5-5a1c-4b0e-8f5e-0c6a2f7d1e02',
};
const stick = {
  number: 3,
  start: 53 * MIB,
  size: 41 * MIB,
  type: '0700',
  name: 'stick',
  guid: 'd0a3a0f5-5a1c-4b0e-8f5e-0c6a2f7d1e03',
};

const environment = {
  ...process.env,
  PATH: `${process.env.PATH}:/usr/sbin:/sbin`,
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
  MTOOLSRC: '/dev/null',
  SOURCE_DATE_EPOCH: String(TIME),
  E2FSPROGS_FAKE_TIME: String(TIME),
};

function run(tool, args, input) {
  const result = spawnSync(tool, args, { env: environment, encoding: 'utf8', input });
  if (result.error) throw new Error(`${tool}: ${result.error.message}`);
  if (result.status !== 0)
    throw new Error(`${tool} ${args.join(' ')} ended with ${result.status}\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

const work = mkdtempSync(join(tmpdir(), 'demo-disk-'));
const image = (name) => join(work, `${name}.img`);

/** Writes content to a file of the work folder, with the time stamp of the disk. */
function stage(content) {
  const path = join(work, `staged-${staged++}`);
  writeFileSync(path, content);
  utimesSync(path, TIME, TIME);
  return path;
}
let staged = 0;

function makeFile(name, size) {
  writeFileSync(image(name), '');
  truncateSync(image(name), size);
  return image(name);
}

/** A FAT filesystem with directories and files, in the order given. */
function makeFat(name, partition, args, files) {
  const path = makeFile(name, partition.size);
  run('mkfs.fat', ['--invariant', '-h', String(partition.start / SECTOR), ...args, path]);
  const made = new Set(['.']);
  for (const [file, content] of Object.entries(files)) {
    for (const folder of parents(file)) {
      if (!made.has(folder)) run('mmd', ['-i', path, `::/${folder}`]);
      made.add(folder);
    }
    run('mcopy', ['-m', '-i', path, stage(content), `::/${file}`]);
  }
}

/** The folders above a file, outermost first. */
function parents(file) {
  const folder = dirname(file);
  return folder === '.' ? [] : [...parents(folder), folder];
}

/** An ext4 filesystem; made with debugfs, since copying a folder would bring its times and the order of its entries along. */
function makeExt4(name, partition, { files, links, hardLinks, sparse }) {
  const path = makeFile(name, partition.size);
  const uuid = '3f0d9a52-7c7e-4f4b-9b0e-5b1d7f3c2a10';
  const extended = `hash_seed=${uuid},root_owner=1000:1000,lazy_itable_init=0,lazy_journal_init=0,nodiscard`;
  run('mkfs.ext4', ['-q', '-F', '-L', 'photos', '-U', uuid, '-E', extended, path]);
  const quoted = (text) => `"${text}"`;
  const commands = [];
  const own = (file, mode, extra = []) => {
    const fields = {
      mode,
      uid: 1000,
      gid: 1000,
      ...Object.fromEntries(['atime', 'ctime', 'mtime', 'crtime'].map((key) => [key, `@${TIME}`])),
    };
    for (const [key, value] of [...Object.entries(fields), ...extra])
      commands.push(`set_inode_field ${quoted(`/${file}`)} ${key} ${value}`);
  };
  const made = new Set();
  for (const [file, content] of [...Object.entries(files), ...Object.entries(sparse)]) {
    for (const folder of parents(file).filter((candidate) => !made.has(candidate))) {
      commands.push(`mkdir ${quoted(`/${folder}`)}`);
      own(folder, '040755');
      made.add(folder);
    }
    commands.push(`write ${quoted(stage(content))} ${quoted(`/${file}`)}`);
    own(file, '0100644');
  }
  for (const [link, target] of Object.entries(links)) {
    commands.push(`symlink ${quoted(`/${link}`)} ${quoted(target)}`);
    own(link, '0120777');
  }
  for (const [link, file] of Object.entries(hardLinks)) {
    commands.push(`ln ${quoted(`/${file}`)} ${quoted(`/${link}`)}`, `set_inode_field ${quoted(`/${file}`)} links_count 2`);
  }
  run('debugfs', ['-w', '-f', '-', path], `${commands.join('\n')}\n`);
  run('e2fsck', ['-fn', path]);
}

function place(file, name, partition) {
  const bytes = readFileSync(image(name));
  writeSync(file, bytes, 0, bytes.length, partition.start);
}

try {
  const files = demoFiles();
  makeFat('esp', esp, ['-F', '16', '-n', 'ESP', '-i', 'E5B00701'], files.esp);
  makeExt4('photos', photos, files.photos);
  makeFat('stick', stick, ['-F', '32', '-s', '1', '-n', 'STICK', '-i', '57ACE001'], files.stick);
  const path = makeFile('disk', disk.size);
  const partitions = [esp, photos, stick].flatMap(({ number, start, size, type, name, guid }) => [
    `--new=${number}:${start / SECTOR}:${(start + size) / SECTOR - 1}`,
    `--typecode=${number}:${type}`,
    `--change-name=${number}:${name}`,
    `--partition-guid=${number}:${guid}`,
  ]);
  run('sgdisk', ['--clear', `--disk-guid=${disk.guid}`, ...partitions, path]);
  const file = openSync(path, 'r+');
  place(file, 'esp', esp);
  place(file, 'photos', photos);
  place(file, 'stick', stick);
  closeSync(file);
  run('sgdisk', ['--verify', path]);

  const target = join(root, 'demo', 'disk.img.gz');
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, gzipSync(readFileSync(path), { level: 9 }));
  process.stdout.write(`${target}: ${statSync(target).size} bytes\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
