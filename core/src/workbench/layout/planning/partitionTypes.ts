import type { DeviceLayout } from '@diskwright/sdk/protocol';

/** A partition type as it is offered, in the words that layouts have for it; any other can be typed. */
export interface PartitionType {
  /** As layouts have it: a GUID in lower case, or `0x83`. */
  value: string;
  title: string;
}

const GPT: readonly PartitionType[] = [
  { value: '0fc63daf-8483-4772-8e79-3d69d8477de4', title: 'Linux filesystem' },
  { value: 'ebd0a0a2-b9e5-4433-87c0-68b6b72699c7', title: 'Microsoft basic data' },
  { value: 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b', title: 'EFI system partition' },
  { value: '0657fd6d-a4ab-43c4-84e5-0933c84b4f4f', title: 'Linux swap' },
  { value: 'e6d6d379-f507-44c2-a23c-238f2a3df928', title: 'Linux LVM' },
  { value: 'a19d880f-05fc-4d3b-a006-743f0f84911e', title: 'Linux RAID' },
  { value: '21686148-6449-6e6f-744e-656564454649', title: 'BIOS boot' },
  { value: 'e3c9e316-0b5c-4db8-817d-f92df00215ae', title: 'Microsoft reserved' },
];
const MBR: readonly PartitionType[] = [
  { value: '0x83', title: 'Linux' },
  { value: '0x07', title: 'HPFS/NTFS/exFAT' },
  { value: '0x0c', title: 'FAT32 (LBA)' },
  { value: '0x82', title: 'Linux swap / Solaris' },
  { value: '0x8e', title: 'Linux LVM' },
  { value: '0xfd', title: 'Linux RAID autodetect' },
  { value: '0xef', title: 'EFI system partition' },
  { value: '0x05', title: 'extended' },
  { value: '0x0f', title: 'extended (LBA)' },
];

/** The usual ones first. */
export function partitionTypes(table: DeviceLayout['table']['type']): readonly PartitionType[] {
  return table === 'gpt' ? GPT : table === 'mbr' ? MBR : [];
}

/** Whether a partition of that type holds logical ones. */
export function isExtendedType(table: DeviceLayout['table']['type'], value: string): boolean {
  return table === 'mbr' && [0x05, 0x0f, 0x85].includes(Number(value));
}

/** A type in words; its own text when it is none of the usual ones. */
export function partitionTypeTitle(table: DeviceLayout['table']['type'], value: string): string {
  return partitionTypes(table).find((type) => type.value === value.toLowerCase())?.title ?? value;
}

/** What is wrong with a type that was typed, or null. */
export function partitionTypeProblem(table: DeviceLayout['table']['type'], value: string): string | null {
  if (table === 'gpt') {
    return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
      ? null
      : 'a GPT type is a GUID such as 0fc63daf-8483-4772-8e79-3d69d8477de4';
  }
  return /^0x(?!00)[0-9a-f]{2}$/i.test(value) ? null : 'an MBR type is a byte from 0x01 to 0xff, such as 0x83';
}
