import { open } from 'node:fs/promises';
import type { PlanBuilder } from './planBuilder';
import { type JobEnvironment, planBetween } from './jobs';
import { must } from './tool';

/** A disk with one ext4 partition, as `sgdisk` and `mkfs.ext4` make it. */
export interface Disk {
  path: string;
  size: number;
  sectorSize: 512 | 4096;
}

const MIB = 1024 * 1024;
const ENTRIES_BYTES = 128 * 128;

/** Makes the GPT and the filesystem on a file or device of the right size. */
export async function makeDisk({ path, size }: Disk, label: string): Promise<void> {
  await must(
    'sgdisk',
    '--clear',
    '--set-alignment=1',
    `--new=1:1M:${(size - 2 * MIB) / 1024}K`,
    `--change-name=1:${label}`,
    path,
  );
  const kib = (size - 3 * MIB) / 1024;
  await must('mkfs.ext4', '-q', '-F', '-L', label, '-E', `offset=${MIB}`, '-b', '4096', path, `${kib}k`);
}

/** The plan by which such a disk is cloned onto another of the same size: everything that makes it recognisable in the commit. */
export async function clonePlan(environment: JobEnvironment, source: Disk, target: Disk): Promise<PlanBuilder> {
  const { size, sectorSize } = source;
  const superblock = { offset: MIB, length: 4096 };
  const table = sectorSize + ENTRIES_BYTES;
  return (await planBetween(environment, source.path, target.path))
    .zero('invalidate', ['target', 0], MIB)
    .zero('invalidate', ['target', size - MIB], MIB)
    .zero('invalidate', ['target', MIB], 64 * 1024)
    .copy('content', ['source', 0], ['target', 0], [{ offset: MIB + 4096, length: 3 * MIB }])
    .copy('content', ['source', 0], ['target', 0], [{ offset: 4 * MIB + 4096, length: size - 6 * MIB - 4096 }])
    .verify('content', 'target')
    .copy('commit', ['source', 0], ['target', 0], [superblock])
    .copy('commit', ['source', 0], ['target', 0], [{ offset: size - table, length: table }])
    .copy('commit', ['source', 0], ['target', 0], [{ offset: sectorSize, length: table }])
    .copy('commit', ['source', 0], ['target', 0], [{ offset: 0, length: sectorSize }]);
}

/** Fills a device with 0xA5. */
export async function fillA5({ path, size }: Disk): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const chunk = Buffer.alloc(MIB, 0xa5);
    for (let at = 0; at < size; at += MIB) await file.write(chunk, 0, Math.min(MIB, size - at), at);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Takes the partition of such a disk out into a file, for e2fsck. */
export async function extractPartition({ path, size }: Disk, file: string): Promise<void> {
  await must('dd', `if=${path}`, `of=${file}`, 'bs=1M', 'skip=1', `count=${size / MIB - 3}`, 'status=none');
}
