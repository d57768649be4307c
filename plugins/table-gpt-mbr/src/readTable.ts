import type { BlockSource } from '@diskwright/sdk/block';
import type { TableLayout } from '@diskwright/sdk/protocol';
import { isProtective, readBootRecord, type BootRecord } from './bootRecord';
import { FindingList } from './findingList';
import { gptLayout } from './gpt/gptLayout';
import { missingGpt, readGpt, type GptTable } from './gpt/gptTable';
import { isFilesystemBootSector } from './mbr/filesystemBootSector';
import { judgeBootRecord } from './mbr/judgeBootRecord';
import { mbrLayout } from './mbr/mbrLayout';
import { readMbr, type MbrTable } from './mbr/mbrTable';
import { bootSignature } from './structures/masterBootRecord';
import { findWholeDeviceFilesystem } from './wholeDeviceFilesystem';

/** The table of a device, how sure it is, and what is left of a GPT that does not count any more. */
export interface FoundTable {
  table: GptTable | MbrTable;
  /** 1 … 100. */
  score: number;
  /** A GPT behind an MBR that does not protect it: remains, as the kernel sees it. */
  remains: GptTable | null;
}

/**
 * Finds the partition table, deciding between GPT and MBR as the kernel and libblkid do where both leave traces: a protective entry makes it a GPT,
 * partitions of its own make it an MBR; without either, a GPT counts when no filesystem fills the device. Null when there is no table.
 * @throws what the source throws, other than for unreadable sectors
 */
export async function readTable(source: BlockSource, signal: AbortSignal): Promise<FoundTable | null> {
  const bootRecord = await readBootRecord(source, signal);
  const gpt = await findGpt(source, bootRecord, signal);
  if (bootRecord && isProtective(bootRecord)) {
    if (gpt) return { table: gpt, score: gpt.active?.state === 'good' ? 100 : 50, remains: null };
    return { table: missingGpt(source, bootRecord), score: 30, remains: null };
  }
  const mbrScore = bootRecord ? judgeBootRecord(bootRecord, Math.floor(source.size / source.sectorSize)) : 0;
  if (bootRecord && mbrScore > 10) return { table: await readMbr(source, bootRecord, signal), score: mbrScore, remains: gpt };
  const usableGpt = gpt?.active?.state === 'good' ? gpt : null;
  if (!usableGpt && mbrScore === 0) return null;
  if (await isFilled(source, bootRecord, signal)) return null;
  if (usableGpt) return { table: usableGpt, score: usableGpt.primary.state === 'good' ? 80 : 60, remains: null };
  return bootRecord && { table: await readMbr(source, bootRecord, signal), score: mbrScore, remains: gpt };
}

/** Whether a filesystem fills the device, by its boot sector or by its mark elsewhere. */
async function isFilled(source: BlockSource, bootRecord: BootRecord | null, signal: AbortSignal): Promise<boolean> {
  if (bootRecord?.record.signature === bootSignature && isFilesystemBootSector(bootRecord.sector)) return true;
  return (await findWholeDeviceFilesystem(source, signal)) !== null;
}

/** The GPT in the device's own sectors, or, for an image of a disk with the other size, in those. */
async function findGpt(source: BlockSource, bootRecord: BootRecord | null, signal: AbortSignal): Promise<GptTable | null> {
  const own = await readGpt(source, source.sectorSize, bootRecord, signal);
  if (own?.active) return own;
  const other = await readGpt(source, source.sectorSize === 512 ? 4096 : 512, bootRecord, signal);
  return other?.active?.state === 'good' ? other : own;
}

/** The layout of a found table, findings about remains and sector size included. `deviceSectorSize` is that of the device it was read from. */
export function layoutOf({ table, remains }: FoundTable, deviceSectorSize: number): TableLayout {
  const layout = table.kind === 'gpt' ? gptLayout(table) : mbrLayout(table);
  const findings = new FindingList();
  if (table.sectorSize !== deviceSectorSize) {
    const message = `the table counts in sectors of ${table.sectorSize} bytes, but the device has sectors of ${deviceSectorSize}`;
    const todo = `open the image with a sector size of ${table.sectorSize}; on a device with ${deviceSectorSize} the system sees no partitions`;
    findings.error('gpt.sectorSize', message, [{ offset: table.sectorSize, length: table.sectorSize }], todo);
  }
  if (remains?.active) {
    const message =
      'there is a GPT as well, but the boot record does not protect it and lists partitions of its own, which count';
    const todo =
      'remove the remains of the GPT ("sgdisk -z" on a copy of the disk shows what would be gone), or restore its protective record';
    findings.warning(
      'mbr.gptRemains',
      message,
      [{ offset: remains.active.lba * remains.sectorSize, length: remains.sectorSize }],
      todo,
    );
  }
  return { ...layout, findings: [...findings.list, ...layout.findings] };
}
