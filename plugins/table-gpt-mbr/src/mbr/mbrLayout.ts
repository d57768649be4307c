import type { Partition, TableLayout } from '@diskwright/sdk/protocol';
import { formatMbrType, mbrTypeName } from '../names/mbrTypeNames';
import { activeFlag } from '../structures/mbrPartitionEntry';
import { checkMbr } from './checkMbr';
import type { MbrPartition, MbrTable } from './mbrTable';

/** The most sectors that an MBR can count. */
export const addressableSectors = 2 ** 32;

/** The disk signature as the kernel and libblkid write it. */
export function formatSignature(signature: number): string {
  return signature.toString(16).padStart(8, '0');
}

/** An MBR table as the protocol shows it. A partition that reaches beyond the disk is listed with the numbers of the table and a finding. */
export function mbrLayout(table: MbrTable): TableLayout {
  const { sectorSize, deviceSize } = table;
  const sectors = Math.min(Math.floor(deviceSize / sectorSize), addressableSectors);
  return {
    type: 'mbr',
    id: formatSignature(table.bootRecord.record.diskSignature),
    partitions: table.partitions.map((found) => partition(found, table)),
    usable: { offset: sectorSize, length: Math.max(0, sectors - 1) * sectorSize },
    structures: [
      { offset: 0, length: sectorSize, name: 'master boot record' },
      ...table.records.map(({ lba }) => ({ offset: lba * sectorSize, length: sectorSize, name: 'extended boot record' })),
    ].sort((a, b) => a.offset - b.offset),
    findings: checkMbr(table),
  };
}

function partition({ number, role, startLba, sectorCount, entry }: MbrPartition, table: MbrTable): Partition {
  // The kernel's PARTUUID (block/partitions/msdos.c, set_info): both parts in hexadecimal.
  const id = `${formatSignature(table.bootRecord.record.diskSignature)}-${number.toString(16).padStart(2, '0')}`;
  return {
    number,
    start: startLba * table.sectorSize,
    size: sectorCount * table.sectorSize,
    type: formatMbrType(entry.type),
    typeName: mbrTypeName(entry.type),
    name: null,
    id,
    bootable: entry.bootIndicator === activeFlag,
    role,
  };
}
