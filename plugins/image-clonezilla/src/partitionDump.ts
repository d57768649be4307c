import { DamagedStructureError, NotSupportedError } from '@diskwright/sdk/errors';

/** A line of a dump of `sfdisk`; bytes of the disk. */
export interface DumpedPartition {
  /** Without folder: `sda1`, `nvme0n1p2`. */
  name: string;
  offset: number;
  length: number;
  /** As the dump has it: two hexadecimal digits, or a GUID. */
  type: string;
  bootable: boolean;
  /** Of an extended partition, which holds others, and no content of its own. */
  extended: boolean;
}

export interface PartitionDump {
  sectorSize: 512 | 4096;
  partitions: DumpedPartition[];
}

const LINE = /^\/dev\/(\S+)\s*:\s*start=\s*(\d+)\s*,\s*size=\s*(\d+)\s*,\s*(?:type|Id)=\s*([0-9A-Fa-f-]+)/;
const EXTENDED = ['5', 'f', '85'];
const MAX_PARTITIONS = 256;

/** What `sfdisk -d` wrote. @throws DamagedStructureError, NotSupportedError */
export function parsePartitionDump(text: string): PartitionDump {
  const sectorSize = Number(/^sector-size:\s*(\d+)/m.exec(text)?.[1] ?? 512);
  if (sectorSize !== 512 && sectorSize !== 4096) throw new NotSupportedError(`the disk had sectors of ${sectorSize} bytes`);
  const partitions: DumpedPartition[] = [];
  for (const line of text.split('\n')) {
    const found = LINE.exec(line.trim());
    if (!found) continue;
    const [, name, start, size, type] = found as unknown as [string, string, string, string, string];
    const [offset, length] = [Number(start) * sectorSize, Number(size) * sectorSize];
    if (length === 0) continue;
    if (!Number.isSafeInteger(offset + length)) throw damaged(`"${line.slice(0, 80)}"`);
    const extended = EXTENDED.includes(type.toLowerCase().replace(/^0/, ''));
    partitions.push({ name, offset, length, type, bootable: /,\s*bootable\b/.test(line), extended });
  }
  if (partitions.length === 0 || partitions.length > MAX_PARTITIONS) throw damaged(`it names ${partitions.length} partitions`);
  return { sectorSize, partitions: partitions.sort((a, b) => a.offset - b.offset) };
}

/** The disk's size by what `parted` wrote in sectors; null when it does not say. */
export function diskSize(text: string, sectorSize: number): number | null {
  const sectors = /^Disk \/dev\/\S+:\s*(\d+)s/m.exec(text)?.[1];
  return sectors === undefined ? null : Number(sectors) * sectorSize;
}

/** Filesystems by partition, as `dev-fs.list` has them: `/dev/sda1 ext4`. */
export function filesystemsOf(text: string): Map<string, string> {
  const pairs = text.split('\n').map((line) => /^\/dev\/(\S+)\s+(\S+)/.exec(line.trim()));
  return new Map(pairs.flatMap((pair) => (pair ? [[pair[1]!, pair[2]!]] : [])));
}

export function damaged(what: string): DamagedStructureError {
  return new DamagedStructureError('Clonezilla folder', `the list of partitions makes no sense: ${what}`);
}
