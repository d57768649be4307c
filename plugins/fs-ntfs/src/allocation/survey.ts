import { ProblemList } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { ExtentList, subtract, union, UsedBlocks } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { readBootCopies } from '../boot/bootCopies';
import { VOLUME_RECORD, type NtfsVolume } from '../boot/ntfsVolume';
import type { MasterFileTable } from '../records/masterFileTable';
import { SystemRecord, systemData } from '../records/systemData';
import { readVolumeFile, VolumeFlag } from '../records/volumeFile';
import { ntfsBootSector } from '../structures/ntfsBootSector';
import { openBitmap, walkClusters } from './clusterBitmap';
import { isHibernated } from './hibernation';
import { readLogState } from './logState';

const todo = 'Start Windows from it and shut it down with the shift key held, or run chkdsk on it there; then try again.';
const VERSIONS = ['1.1', '1.2', '3.0', '3.1'];

/** What was found out about a volume: what is wrong and, unless that hides it, all that is used. */
export interface Survey {
  problems: ProblemList;
  /** Null when it cannot be told what is used. */
  used: ExtentList | null;
}

/** A volume whose table of files can be read, or why it cannot. */
export interface OpenVolume {
  source: BlockSource;
  volume: NtfsVolume;
  table: MasterFileTable | DamagedStructureError;
}

/**
 * Finds out what a volume uses and whether that can be relied on. Used is what $Bitmap says and, whatever it says: the boot sector and its copies, the files of
 * the system, and what lies behind the last whole cluster.
 * @param complete go on after the first doubt, to find everything that is wrong
 * @throws what `read` throws
 */
export async function survey(opened: OpenVolume, complete: boolean, signal: AbortSignal): Promise<Survey> {
  const problems = new ProblemList();
  const { source, volume, table } = opened;
  findBootProblems(source, volume, problems);
  if (table instanceof DamagedStructureError) {
    const { offset, length } = table.detail;
    const ranges = offset !== undefined && length !== undefined && offset <= source.size - length ? [{ offset, length }] : [];
    problems.add({
      severity: 'error',
      code: 'ntfs.mft',
      effect: 'unknown',
      message: sentence(table),
      ranges,
      todo: 'Run chkdsk on Windows.',
    });
  }
  if (table instanceof DamagedStructureError || (problems.hidesAllocation && !complete)) return { problems, used: null };
  if (table.damage !== null)
    problems.add({
      severity: 'error',
      code: 'ntfs.mft',
      effect: 'unknown',
      message: `${capital(table.damage)}.`,
      todo: 'Run chkdsk on Windows.',
    });
  await findStateProblems(table, problems, signal);
  if (problems.hidesAllocation && !complete) return { problems, used: null };
  try {
    const used = await usedClusters(table, problems, signal);
    const fixed = ExtentList.fromRanges(await fixedRanges(source, volume, signal));
    return { problems, used: problems.hidesAllocation ? null : union(used, fixed) };
  } catch (error) {
    if (!(error instanceof DamagedStructureError)) throw error;
    problems.add({
      severity: 'error',
      code: 'ntfs.bitmap',
      effect: 'unknown',
      message: sentence(error),
      todo: 'Run chkdsk on Windows.',
    });
    return { problems, used: null };
  }
}

function findBootProblems(source: BlockSource, volume: NtfsVolume, problems: ProblemList): void {
  if (volume.countedBytes <= source.size) return;
  const message = `The filesystem spans ${volume.countedBytes} bytes, but its volume has only ${source.size}: the end is cut off.`;
  const ranges = [ntfsBootSector.range('totalSectors')];
  problems.add({ severity: 'error', code: 'ntfs.boot.size', effect: 'unknown', message, ranges });
}

/** What keeps $Bitmap from being the truth: a check that is due, changes in a log or in the memory of a system that sleeps. */
async function findStateProblems(table: MasterFileTable, problems: ProblemList, signal: AbortSignal): Promise<void> {
  const { version, flags } = await readVolumeFile(table, signal);
  const ranges = rangesOf(table, VOLUME_RECORD);
  const common = { effect: 'unknown', ranges, todo } as const;
  if (version === null || flags === null)
    problems.add({
      ...common,
      severity: 'error',
      code: 'ntfs.volume',
      message: 'The file $Volume, which tells the state, is damaged.',
    });
  else if (!VERSIONS.includes(version))
    problems.add({ ...common, severity: 'warning', code: 'ntfs.version', message: `Version ${version} of NTFS is not known.` });
  if (((flags ?? 0) & VolumeFlag.DIRTY) !== 0)
    problems.add({
      ...common,
      severity: 'warning',
      code: 'ntfs.dirty',
      message: 'The volume is marked dirty: Windows wants to check it.',
    });
  if (((flags ?? 0) & VolumeFlag.CHECK_UNDER_WAY) !== 0)
    problems.add({
      ...common,
      severity: 'warning',
      code: 'ntfs.checking',
      message: 'A check of the volume was begun and did not end.',
    });
  const log = await readLogState(table, signal);
  if (!log.isClean) {
    const message = `The log was not closed ($LogFile: ${log.words}): the volume was not dismounted in order. The log is not replayed: files are shown as they are on the disk.`;
    problems.add({ ...common, severity: 'warning', code: 'ntfs.log', message, ranges: rangesOf(table, SystemRecord.LOG) });
  }
  const hibernated = await isHibernated(table, signal);
  if (typeof hibernated === 'object') {
    const message = `It cannot be told whether Windows is hibernated on the volume: ${hibernated.doubt}.`;
    problems.add({
      ...common,
      severity: 'warning',
      code: 'ntfs.hibernation',
      message,
      ranges: [],
      todo: 'Run chkdsk on Windows.',
    });
  } else if (hibernated) {
    const message =
      'Windows is hibernated on the volume, or was shut down for a fast start: it has changes in memory that are not on the disk.';
    problems.add({ ...common, severity: 'warning', code: 'ntfs.hibernated', message, ranges: [] });
  }
}

function rangesOf(table: MasterFileTable, record: number): ByteRange[] {
  const offset = table.offsetOf(record);
  return offset === null ? [] : [{ offset, length: table.volume.recordBytes }];
}

async function usedClusters(table: MasterFileTable, problems: ProblemList, signal: AbortSignal): Promise<ExtentList> {
  const { clusterBytes, totalClusters } = table.volume;
  const blocks = new UsedBlocks(clusterBytes);
  const bitmap = await openBitmap(table, signal);
  await walkClusters(table, bitmap, { first: 0, end: totalClusters }, signal, (first, count) => blocks.add(first, count));
  const used = blocks.build();
  if (blocks.joinedGap > 0) {
    const message = `The volume is used in so many pieces that gaps of up to ${blocks.joinedGap} bytes count as used.`;
    problems.add({ severity: 'info', code: 'ntfs.pieces', effect: 'conservative', message });
  }
  const own = ExtentList.fromRanges(await systemRanges(table, signal));
  const missing = subtract(own, used);
  if (missing.count > 0) {
    problems.add({
      severity: 'error',
      code: 'ntfs.bitmap.system',
      effect: 'unknown',
      message: '$Bitmap calls clusters free that files of the system lie in.',
      ranges: [...missing].slice(0, 16),
      todo: 'Run chkdsk on Windows.',
    });
  }
  return used;
}

/** Where the table of files, its mirror, the log and $Bitmap lie. */
async function systemRanges(table: MasterFileTable, signal: AbortSignal): Promise<ByteRange[]> {
  const ranges: ByteRange[] = [];
  for (const number of [SystemRecord.MFT, SystemRecord.MIRROR, SystemRecord.LOG, SystemRecord.BITMAP, SystemRecord.BOOT]) {
    const runs = number === SystemRecord.MFT ? table.runs : (await systemData(table, number, signal)).runs;
    for (const { lcn, clusters } of runs?.runs() ?? [])
      if (lcn >= 0) ranges.push({ offset: lcn * table.volume.clusterBytes, length: clusters * table.volume.clusterBytes });
  }
  return ranges;
}

/** The boot sector, its copies, and what lies behind the last whole cluster. */
async function fixedRanges(source: BlockSource, volume: NtfsVolume, signal: AbortSignal): Promise<ByteRange[]> {
  const copies = await readBootCopies(source, volume, signal);
  const behind = volume.totalClusters * volume.clusterBytes;
  const end = Math.min(source.size, volume.countedBytes + volume.boot.bytesPerSector);
  return [
    ...copies.map(({ offset, raw }) => ({ offset, length: raw.length })),
    { offset: behind, length: Math.max(0, end - behind) },
  ];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const sentence = (error: Error): string => `${capital(error.message)}.`;
