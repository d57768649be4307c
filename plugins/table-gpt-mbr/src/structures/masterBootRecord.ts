import { array, bytes, field, hex16, hex32, nested, struct } from '@diskwright/sdk/struct';
import { mbrPartitionEntry } from './mbrPartitionEntry';

/** What ends every boot record: the bytes 55 aa. */
export const bootSignature = 0xaa55;
/** Bytes of a boot record; what follows in a larger sector is not part of it. */
export const bootRecordSize = 512;

const partitions = field(array(nested(mbrPartitionEntry), 4), 'the four partition entries');
const signature = field(hex16(), 'bytes 55 aa', {
  at: 510,
  check: (value: number) => (value === bootSignature ? null : 'is not 0xaa55'),
});

/** The boot record at LBA 0: of an MBR disk, or the protective one of a GPT disk. */
export const masterBootRecord = struct('master boot record', 'UEFI 2.10, 5.2.1, table 5.1', {
  bootCode: field(bytes(440), 'code that a legacy BIOS runs'),
  diskSignature: field(hex32(), 'identifies the disk'),
  copyProtection: field(hex16(), '0x5a5a: marked as copy-protected; otherwise zero'),
  partitions,
  signature,
});

/** The boot record before each logical partition: a link of the chain inside an extended partition. */
export const extendedBootRecord = struct('extended boot record', 'Linux block/partitions/msdos.c', {
  bootCode: field(bytes(446), 'unused, usually zero'),
  partitions,
  signature,
});

/** A parsed boot record. */
export type MasterBootRecord = ReturnType<typeof masterBootRecord.read>;
