import { DamagedStructureError } from '@diskwright/sdk/errors';
import { readOrNull } from '@diskwright/sdk/files';
import { scanInodes } from '../owners/inodeScan';
import type { ProblemList } from '@diskwright/sdk';
import { mapBlocks } from './blockMap';
import { directoryPieces, entriesIn, isDirectoryChecksumRight } from './directoryEntries';
import type { InodeRecord } from './inodeRecord';
import type { InodeTable } from './inodeTable';

/** A check is a look, not a run of e2fsck: it shall end in seconds on any volume. */
const MOST_INODES = 10_000;
const todo = 'Run e2fsck on the filesystem, and see which files it names.';

/** Finds what is wrong with the first inodes in use: checksums, maps that lead nowhere, directories that make no sense. */
export async function findFileProblems(
  table: InodeTable,
  firstInode: number,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<void> {
  let looked = 0;
  for await (const inodes of scanInodes(table, 0, firstInode, signal)) {
    for (const inode of inodes) {
      if (inode.mode === 0) continue;
      if (looked++ === MOST_INODES) return;
      findInodeProblem(table, inode, problems);
      // Unreadable sectors are told by whoever copies them.
      await readOrNull(() => findMapProblems(table, inode, problems, signal));
      if (inode.type === 'directory') await readOrNull(() => findDirectoryProblems(table, inode, problems, signal));
    }
  }
}

function findInodeProblem(table: InodeTable, inode: InodeRecord, problems: ProblemList): void {
  const { geometry } = table;
  if (inode.isChecksumRight(geometry)) return;
  problems.add({
    severity: 'error',
    code: 'ext.inode.checksum',
    effect: 'none',
    message: `The checksum of inode ${inode.number} is wrong.`,
    ranges: [{ offset: table.offsetOf(inode.number), length: geometry.inodeSize }],
    todo,
  });
}

async function findMapProblems(table: InodeTable, inode: InodeRecord, problems: ProblemList, signal: AbortSignal): Promise<void> {
  const { blockSize } = table.geometry;
  const onWrongChecksum = (block: number): void =>
    problems.add({
      severity: 'error',
      code: 'ext.extents.checksum',
      effect: 'none',
      message: `The checksum of block ${block}, a part of the extent tree of inode ${inode.number}, is wrong.`,
      ranges: [{ offset: block * blockSize, length: blockSize }],
      todo,
    });
  try {
    for await (const run of mapBlocks(table, inode, signal, onWrongChecksum)) void run;
  } catch (error) {
    if (!(error instanceof DamagedStructureError)) throw error;
    problems.add({ severity: 'error', code: 'ext.map', effect: 'none', message: `${capitalised(error.message)}.`, todo });
  }
}

async function findDirectoryProblems(
  table: InodeTable,
  directory: InodeRecord,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<void> {
  for await (const piece of directoryPieces(table, directory, signal)) {
    const ranges = piece.offset === null ? [] : [{ offset: piece.offset, length: piece.bytes.length }];
    const common = { severity: 'error', effect: 'none', ranges, todo } as const;
    if (!isDirectoryChecksumRight(piece, directory, table.geometry))
      problems.add({
        ...common,
        code: 'ext.directory.checksum',
        message: `The checksum of a block of directory ${directory.number} is wrong.`,
      });
    try {
      for (const entry of entriesIn(piece, table.geometry)) void entry;
    } catch (error) {
      if (!(error instanceof DamagedStructureError)) throw error;
      problems.add({ ...common, code: 'ext.directory', message: `In directory ${directory.number}, ${error.message}.` });
    }
  }
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
