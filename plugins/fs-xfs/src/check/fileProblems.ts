import type { ProblemList } from '@diskwright/sdk';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { readOrNull } from '@diskwright/sdk/files';
import { attributesOf } from '../files/attributes';
import { directoryPieces, entriesIn, isDirectoryChecksumRight } from '../files/directoryEntries';
import { mapFork } from '../files/forkMap';
import type { InodeRecord } from '../files/inodeRecord';
import type { InodeTable } from '../files/inodeTable';
import { shortEntries } from '../files/shortDirectory';
import { linkTarget } from '../files/symbolicLink';
import { scanInodes } from '../groups/inodeScan';
import { ForkFormat } from '../structures/inode';

/** A check is a look, not a run of xfs_repair: it shall end in seconds on any volume. */
const MOST_INODES = 10_000;
const todo = 'Run xfs_repair -n on the filesystem, and see which files it names.';

/** Finds what is wrong with the first inodes in use: checksums, maps that lead nowhere, directories, links and attributes that make no sense. */
export async function findFileProblems(table: InodeTable, problems: ProblemList, signal: AbortSignal): Promise<void> {
  let looked = 0;
  for await (const inodes of scanInodes(table.volume, 0, signal)) {
    for (const inode of inodes) {
      if (looked++ === MOST_INODES) return;
      if (!inode.isChecksumRight)
        problems.add({
          severity: 'error',
          code: 'xfs.inode.checksum',
          effect: 'none',
          message: `The checksum of inode ${inode.number} is wrong.`,
          ranges: [{ offset: table.offsetOf(inode.number), length: table.volume.geometry.inodeSize }],
          todo,
        });
      await findContentProblems(table, inode, problems, signal);
    }
  }
}

async function findContentProblems(
  table: InodeTable,
  inode: InodeRecord,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<void> {
  const { volume } = table;
  const { blockSize } = volume.geometry;
  const onWrongChecksum = (block: number): void =>
    problems.add({
      severity: 'error',
      code: 'xfs.map.checksum',
      effect: 'none',
      message: `The checksum of block ${block}, a part of the map of inode ${inode.number}, is wrong.`,
      ranges: [{ offset: block * blockSize, length: blockSize }],
      todo,
    });
  const { attributeFork } = inode;
  await telling(problems, 'xfs.map', async () => {
    if (inode.isRealtime) return;
    for await (const run of mapFork(volume, inode, inode.dataFork, signal, onWrongChecksum)) void run;
  });
  await telling(problems, 'xfs.map', async () => {
    if (attributeFork) for await (const run of mapFork(volume, inode, attributeFork, signal, onWrongChecksum)) void run;
  });
  if (attributeFork) await telling(problems, 'xfs.attributes', () => attributesOf(volume, inode, signal));
  if (inode.type === 'symlink') await telling(problems, 'xfs.link', () => linkTarget(volume, inode, signal));
  if (inode.type === 'directory') await findDirectoryProblems(table, inode, problems, signal);
}

async function findDirectoryProblems(
  { volume }: InodeTable,
  directory: InodeRecord,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<void> {
  const { geometry } = volume;
  if (directory.dataFork.format === ForkFormat.LOCAL) {
    await telling(problems, 'xfs.directory', async () => {
      for (const entry of shortEntries(directory, geometry)) void entry;
    });
    return;
  }
  await telling(problems, 'xfs.directory', async () => {
    for await (const piece of directoryPieces(volume, directory, signal)) {
      if (!isDirectoryChecksumRight(piece, geometry))
        problems.add({
          severity: 'error',
          code: 'xfs.directory.checksum',
          effect: 'none',
          message: `The checksum of a block of directory ${directory.number} is wrong.`,
          ranges: [{ offset: piece.offset, length: piece.bytes.length }],
          todo,
        });
      await telling(problems, 'xfs.directory', async () => {
        for (const entry of entriesIn(piece, geometry)) void entry;
      });
    }
  });
}

/** Damage is a problem; unreadable sectors are told by whoever copies them. */
async function telling(problems: ProblemList, code: string, look: () => Promise<unknown>): Promise<void> {
  await readOrNull(async () => {
    try {
      await look();
    } catch (error) {
      if (!(error instanceof DamagedStructureError)) throw error;
      const { message, detail } = error;
      problems.add({
        severity: 'error',
        code,
        effect: 'none',
        message: `${message.charAt(0).toUpperCase()}${message.slice(1)}.`,
        ranges: detail.offset === undefined ? [] : [{ offset: detail.offset, length: detail.length ?? 1 }],
        todo,
      });
    }
  });
}
