/** Disks with bad sectors, by nbdkit's ddrescue filter; what is lost is judged by debugfs, maps by ddrescuelog. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { JobResult } from '../../core/src/common/index';
import { formatRescueMap } from '../../core/src/common/rescueMap/formatRescueMap';
import { parseRescueMap } from '../../core/src/common/rescueMap/parseRescueMap';
import { type MapBlock, rangesWith } from '../../core/src/common/rescueMap/rescueMap';
import { cli, cliJson } from '../support/cli';
import { damagedExport } from '../support/damagedExport';
import { budget, type CampaignLine, generator, inTime, keepEvidence } from '../support/longRun';
import { nbdkit } from '../support/nbdServer';
import { startCli } from '../support/runningCli';
import { makeImage, makeSampleDisk, type SampleDisk } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';

const BLOCK = 4096;
const MAPS = budget(2, 100);
/** A disk that takes its time for each read. */
const SLOW = ['--filter=delay', 'rdelay=20ms'];

const evidence: CampaignLine[] = [];
afterAll(() => keepEvidence('bad media', evidence));

interface Setting {
  scratch: string;
  home: string;
  disk: SampleDisk;
  target: string;
}

async function setting(): Promise<Setting> {
  requireTool('nbdkit', 'debugfs', 'ddrescuelog', 'sfdisk', 'mkfs.ext4', 'mkfs.fat', 'mcopy');
  const scratch = await scratchFolder();
  const disk = await makeSampleDisk(join(scratch, 'source.img'), scratch);
  const target = join(scratch, 'target.img');
  await makeImage(target, disk.size, 0xa5);
  return { scratch, home: join(scratch, 'home'), disk, target };
}

const clone = (source: string, target: string, ...options: string[]): string[] => [
  '--json',
  ...['clone', 'disk', source, target, '--yes', '--all-sectors'],
  ...options,
];

/** The last line of a clone: the job and its result. */
async function cloned(
  given: Setting,
  source: string,
  status: number,
  ...options: string[]
): Promise<{ jobId: string; result: JobResult }> {
  const { status: found, stdout, stderr } = await cli(clone(source, given.target, ...options), given);
  expect(found, stderr + stdout.slice(-2000)).toBe(status);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as { jobId: string; result: JobResult };
}

interface Range {
  offset: number;
  length: number;
}

/** Runs of bad sectors in files, free space and FAT data; nowhere where a volume is told by. */
function randomRanges(disk: SampleDisk, blocksOfFiles: number[], seed: number): Range[] {
  const random = generator(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const [, ext4, fat] = disk.partitions;
  const ranges: Range[] = [];
  for (let index = 1 + below(12); index > 0; index--) {
    const block = blocksOfFiles[below(blocksOfFiles.length)]!;
    const starts = [ext4!.start + block * BLOCK, ext4!.start + ext4!.size / 2 + below(2000) * BLOCK, fat!.start + fat!.size / 2];
    const start = starts[below(3)]! + below(8) * 512;
    ranges.push({ offset: start, length: (1 + below(below(4) === 0 ? 300 : 8)) * 512 });
  }
  const sectors = new Set(
    ranges.flatMap(({ offset, length }) => Array.from({ length: length / 512 }, (_, at) => offset + at * 512)),
  );
  const joined: Range[] = [];
  for (const offset of [...sectors].sort((a, b) => a - b)) {
    const last = joined.at(-1);
    if (last && last.offset + last.length === offset) last.length += 512;
    else joined.push({ offset, length: 512 });
  }
  return joined;
}

async function debugfs({ path, partitions }: SampleDisk, command: string): Promise<string> {
  return must('debugfs', '-R', command, `${path}?offset=${partitions[1]!.start}`);
}

/** The data blocks of all files in the ext4. */
async function blocksOfFiles(disk: SampleDisk): Promise<number[]> {
  const blocks: number[] = [];
  for (const path of disk.files.keys()) {
    if (path === 'empty') continue;
    blocks.push(...(await debugfs(disk, `blocks "/${path}"`)).trim().split(/\s+/).map(Number));
  }
  return blocks;
}

/** Paths in the ext4 whose content lies in these ranges, by icheck and ncheck. */
async function filesIn(disk: SampleDisk, bad: readonly Range[]): Promise<string[]> {
  const ext4 = disk.partitions[1]!;
  const blocks = new Set<number>();
  for (const { offset, length } of bad) {
    if (offset < ext4.start || offset >= ext4.start + ext4.size) continue;
    for (let at = offset - (offset % BLOCK); at < offset + length; at += BLOCK) blocks.add((at - ext4.start) / BLOCK);
  }
  if (blocks.size === 0) return [];
  const checked = (await debugfs(disk, `icheck ${[...blocks].join(' ')}`)).trim().split('\n').slice(1);
  const inodes = new Set(checked.map((line) => line.split('\t')[1]!).filter((inode) => /^\d+$/.test(inode)));
  if (inodes.size === 0) return [];
  const named = (await debugfs(disk, `ncheck ${[...inodes].join(' ')}`)).trim().split('\n').slice(1);
  // Of some files in the root debugfs writes two slashes.
  return named.map((line) => line.split('\t')[1]!.replace(/^\/+/, '/')).sort();
}

test(
  `${MAPS} random maps of bad sectors: everything else is copied, and the files that are hit are named`,
  async () => {
    const given = await setting();
    const inFiles = await blocksOfFiles(given.disk);
    const whole = await readFile(given.disk.path);
    let named = 0;
    let maps = 0;
    for (const seed of inTime(Array.from({ length: MAPS }, (_, index) => index + 1))) {
      maps++;
      const bad = randomRanges(given.disk, inFiles, seed);
      const server = await damagedExport(given.disk.path, bad, '--filter=noextents', ...(seed % 4 === 0 ? SLOW : []));
      await makeImage(given.target, given.disk.size, 0xa5);

      const { jobId, result } = await cloned(given, server.uri, 4);

      expect(
        result.holes.map(({ offset, length }) => ({ offset, length })),
        `seed ${seed}`,
      ).toEqual(bad);
      const expected = Buffer.from(whole);
      for (const { offset, length } of bad) expected.fill(0, offset, offset + length);
      expect((await readFile(given.target)).equals(expected), `seed ${seed}: all good sectors are copied`).toBe(true);
      const lost = result.lostFiles!.files.filter(({ partition }) => partition === 2).map(({ path }) => path);
      expect(lost.sort(), `seed ${seed}: files`).toEqual(await filesIn(given.disk, bad));
      const map = await cli(['jobs', 'map', jobId], given);
      expect([...rangesWith(parseRescueMap(map.stdout, 'map'), '-')]).toEqual(bad);
      await server.kill();
      named += lost.length;
    }
    evidence.push({
      operation: 'clone of a disk, all sectors',
      cuts: `random maps of bad sectors by nbdkit's ddrescue filter, seeds 1 to ${maps}, each fourth behind its delay filter`,
      cases: maps,
      of: MAPS,
      outcome: `every good sector copied, the holes exactly the bad ones, ${named} lost files named as by debugfs, exit 4`,
    });
  },
  2 * 3600_000,
);

describe('--on-error', () => {
  async function damaged(given: Setting): Promise<{ uri: string; offset: number }> {
    const offset = given.disk.partitions[1]!.start + (await blocksOfFiles(given.disk))[100]! * BLOCK + 1024;
    return { uri: (await damagedExport(given.disk.path, [{ offset, length: 1024 }])).uri, offset };
  }

  test('stop ends at the first bad sector, with its place', async () => {
    const given = await setting();
    const { uri, offset } = await damaged(given);
    const { result } = await cloned(given, uri, 1, '--on-error', 'stop');
    expect(result.message).toContain(`${uri}: cannot read the sector at LBA ${offset / 512}, byte ${offset}`);
    expect(result.error!.data).toMatchObject({ device: uri, offset, todo: expect.stringContaining('--on-error skip') as string });
  });

  test('retry gets what comes back in time, skip does not try', async () => {
    const given = await setting();
    const { offset } = await damaged(given);
    const counter = join(given.scratch, 'counter');
    // The sector answers from the fifth request for it alone.
    const read = `if [ $4 -le ${offset} ] && [ $(($4 + $3)) -gt ${offset} ]; then [ $3 -gt 512 ] || echo x >> ${counter}; if [ $(wc -l < ${counter}) -lt 5 ]; then echo EIO >&2; exit 1; fi; fi; dd if=${given.disk.path} iflag=skip_bytes,count_bytes,fullblock skip=$4 count=$3 bs=1M status=none`;
    const { uri } = await nbdkit('eval', `get_size=echo ${given.disk.size}`, `pread=${read}`);
    await writeFile(counter, '');
    const { result } = await cloned(given, uri, 4, '--on-error', 'skip');
    expect(result.holes).toMatchObject([{ offset, length: 512 }]);
    await writeFile(counter, '');
    await cloned(given, uri, 0, '--on-error', 'retry', '6');
  });

  test('that is none of its words is refused', async () => {
    const given = await setting();
    const result = await cli(clone(given.disk.path, given.target, '--on-error', 'never'), given);
    expect(result.status).toBe(2);
    expect(result.stderr).toContain('is not one of stop, retry N, skip');
  });
});

describe('a map of ddrescue', () => {
  async function mapFile(given: Setting, bad: Range): Promise<string> {
    const { size } = given.disk;
    const blocks: MapBlock[] = [
      { offset: 0, length: bad.offset, status: '+' },
      { ...bad, status: '-' },
      { offset: bad.offset + bad.length, length: size - bad.offset - bad.length, status: '+' },
    ];
    const path = join(given.scratch, 'given.map');
    await writeFile(path, [...formatRescueMap({ blocks }, ['a test'])].join(''));
    await must('ddrescuelog', '-t', path);
    return path;
  }

  test('is heeded with skip, and what jobs map writes is the same to ddrescuelog', async () => {
    const given = await setting();
    const bad = { offset: 60 * 1024 * 1024, length: 8192 };
    const map = await mapFile(given, bad);
    // All of the source can be read: what is not read is not, because the map says so.
    const { jobId, result } = await cloned(given, given.disk.path, 4, '--on-error', 'skip', '--map', map);
    expect(result.holes).toMatchObject([bad]);
    const written = join(given.scratch, 'written.map');
    expect(await cli(['jobs', 'map', jobId, '-o', written], given)).toMatchObject({ status: 0 });
    await must('ddrescuelog', '-t', written);
    // It says `?` of what a clone of all sectors leaves out: where the tables are made anew.
    const known = (await readFile(written, 'latin1')).replaceAll(/\?$/gm, '+');
    await writeFile(join(given.scratch, 'known.map'), known);
    await must('ddrescuelog', `--compare-as-domain=${map}`, join(given.scratch, 'known.map'));
    await must('ddrescuelog', `--compare-mapfile=${map}`, join(given.scratch, 'known.map'));
    expect((await cli(['jobs', 'map', jobId, '-o', written], given)).status).toBe(2);
  });

  test('is read all the same without skip', async () => {
    const given = await setting();
    const map = await mapFile(given, { offset: 60 * 1024 * 1024, length: 8192 });
    await cloned(given, given.disk.path, 0, '--map', map);
  });

  test('that is broken, or of a larger disk, is refused before anything is written', async () => {
    const given = await setting();
    const before = await readFile(given.target);
    const broken = join(given.scratch, 'broken.map');
    await writeFile(broken, '0x0 +\n0x0 0x200 +\n0x400 0x200 -\n');
    const first = await cli(clone(given.disk.path, given.target, '--map', broken), given);
    expect(first.status).toBe(2);
    expect(first.stderr).toContain(`${broken}, line 3: the block does not begin where the one before it ends`);
    await writeFile(broken, `0x0 +\n0x0 ${given.disk.size * 2} +\n`);
    const second = await cli(clone(given.disk.path, given.target, '--map', broken), given);
    expect(second.status).toBe(2);
    expect(second.stderr).toContain('is no map of');
    expect((await readFile(given.target)).equals(before)).toBe(true);
    expect(await cliJson(['jobs', 'list'], given)).toEqual([]);
  });
});

test('a source that hangs is told of, and cancelling is answered at once', async () => {
  const given = await setting();
  const { uri } = await nbdkit(
    'eval',
    `get_size=echo ${given.disk.size}`,
    `pread=if [ $4 -gt ${150 * 1024 * 1024} ] && [ $4 -lt ${190 * 1024 * 1024} ]; then sleep 60; fi; dd if=${given.disk.path} iflag=skip_bytes,count_bytes,fullblock skip=$4 count=$3 bs=1M status=none`,
  );
  const running = startCli(clone(uri, given.target), given);
  const [, jobId] = await running.shows(/"jobId":"([^"]+)","progress":.*"stuck":\[\{"device"/);
  const asked = performance.now();
  await cliJson(['jobs', 'cancel', jobId!], given);
  expect((await running.ended).status).toBe(130);
  expect(performance.now() - asked).toBeLessThan(5000);
  const { result } = await cliJson<{ result: JobResult }>(['jobs', 'show', jobId!], given);
  expect(result.stuck).toEqual(expect.arrayContaining([expect.objectContaining({ device: uri })]));
});
