import type { ByteRange, DeviceLayout, FilesystemSummary } from '@diskwright/sdk/protocol';
import type { LaidPartition, TableStructure } from '../../widgets/diskMap/regions';
import { roomAround } from '../planning/room';

const MEBIBYTE = 1024 * 1024;
const DEVICE_SIZE = 100 * MEBIBYTE;
const TABLE_SIZE = 34 * 512;

interface SamplePartition {
  number: number;
  /** MiB. */
  start: number;
  /** MiB. */
  size: number;
  role?: LaidPartition['role'];
  filesystem?: FilesystemSummary;
}

/** For tests: a disk of 100 MiB as the host answers it, with the partitions given in MiB. */
export function sampleLayout({ type = 'gpt', partitions }: { type?: 'gpt' | 'mbr' | 'none'; partitions: SamplePartition[] }): {
  layout: DeviceLayout;
  structures: TableStructure[];
  usable: ByteRange;
} {
  const structures =
    type === 'gpt'
      ? [
          { offset: 0, length: TABLE_SIZE, name: 'primary GPT' },
          { offset: DEVICE_SIZE - TABLE_SIZE + 512, length: TABLE_SIZE - 512, name: 'backup GPT' },
        ]
      : type === 'mbr'
        ? [{ offset: 0, length: 512, name: 'MBR' }]
        : [];
  const laid = partitions.map(({ number, start, size, role = 'primary', filesystem = null }) => ({
    number,
    start: start * MEBIBYTE,
    size: size * MEBIBYTE,
    type: type === 'gpt' ? '0fc63daf-8483-4772-8e79-3d69d8477de4' : '0x83',
    typeName: 'Linux filesystem',
    name: null,
    id: null,
    bootable: false,
    role,
    filesystem,
  })) as LaidPartition[];
  const taken = [
    ...structures.map(({ offset, length }) => ({ start: offset, end: offset + length })),
    ...laid.map(({ start, size }) => ({ start, end: start + size })),
  ];
  return {
    layout: {
      device: { path: '/disk.img', size: DEVICE_SIZE, sectorSize: 512 },
      table: { type, id: null },
      partitions: laid,
      volume: null,
      gaps: type === 'none' ? [] : roomAround(taken, 0, DEVICE_SIZE),
      findings: [],
    },
    structures,
    usable: { offset: TABLE_SIZE, length: DEVICE_SIZE - 2 * TABLE_SIZE + 512 },
  };
}
