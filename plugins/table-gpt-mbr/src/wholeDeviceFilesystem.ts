import type { BlockSource } from '@diskwright/sdk/block';
import { readSectors } from './readSectors';

/** The marks of what is commonly made on a whole disk without a table; offsets and bytes as libblkid knows them. */
const marks: readonly { name: string; offset: number; bytes: Buffer }[] = [
  { name: 'ext2, ext3 or ext4', offset: 1080, bytes: Buffer.from('53ef', 'hex') },
  { name: 'XFS', offset: 0, bytes: Buffer.from('XFSB') },
  { name: 'btrfs', offset: 65600, bytes: Buffer.from('_BHRfS_M') },
  { name: 'F2FS', offset: 1024, bytes: Buffer.from('1020f5f2', 'hex') },
  { name: 'ReiserFS', offset: 65588, bytes: Buffer.from('ReIsEr') },
  { name: 'JFS', offset: 32768, bytes: Buffer.from('JFS1') },
  { name: 'HFS+', offset: 1024, bytes: Buffer.from('H+') },
  { name: 'HFSX', offset: 1024, bytes: Buffer.from('HX') },
  { name: 'APFS', offset: 32, bytes: Buffer.from('NXSB') },
  { name: 'SquashFS', offset: 0, bytes: Buffer.from('hsqs') },
  { name: 'EROFS', offset: 1024, bytes: Buffer.from('e2e1f5e0', 'hex') },
  { name: 'ISO 9660', offset: 32769, bytes: Buffer.from('CD001') },
  { name: 'LUKS', offset: 0, bytes: Buffer.from('4c554b53babe', 'hex') },
  { name: 'an LVM physical volume', offset: 512, bytes: Buffer.from('LABELONE') },
  { name: 'an LVM physical volume', offset: 0, bytes: Buffer.from('LABELONE') },
  { name: 'an md array', offset: 4096, bytes: Buffer.from('fc4e2ba9', 'hex') },
  { name: 'an md array', offset: 0, bytes: Buffer.from('fc4e2ba9', 'hex') },
  { name: 'swap', offset: 4086, bytes: Buffer.from('SWAPSPACE2') },
  { name: 'bcache', offset: 4120, bytes: Buffer.from('c68573f64e1a45ca8265f57f48ba6d81', 'hex') },
];

/**
 * What fills the whole device, in words, or null. Asked only where a table is in doubt: remains of a GPT behind a filesystem, or a boot record
 * without partitions.
 * @throws what the source throws, other than for unreadable sectors
 */
export async function findWholeDeviceFilesystem(source: BlockSource, signal: AbortSignal): Promise<string | null> {
  const start = await readSectors(source, 0, Math.min(source.size, 69632), signal);
  if (start === null) return null;
  const found = marks.find(({ offset, bytes }) => start.subarray(offset, offset + bytes.length).equals(bytes));
  return found?.name ?? null;
}
