import type { BlockSource } from '@diskwright/sdk/block';
import { rangesMeet } from '@diskwright/sdk/extents';
import { readOrNull } from '@diskwright/sdk/files';
import type { ByteRange, StructureInstance } from '@diskwright/sdk/protocol';
import { InodeRecord } from './files/inodeRecord';
import type { InodeTable } from './files/inodeTable';
import { inode, wholeInode } from './structures/inode';

/** Inodes are told of ranges that are looked at; a list of all of them would hide everything else. */
const MOST_SEARCHED_BYTES = 1024 * 1024;

/** The description that fits a filesystem's inodes. */
export const inodeLayout = (inodeSize: number): typeof inode | typeof wholeInode =>
  inodeSize >= wholeInode.size ? wholeInode : inode;

/**
 * The inodes that meet a range, but for those that never were in use; a wrong checksum is a finding. What cannot be read is left out.
 * @param source what they are read from
 */
export async function* inodesMeeting(
  table: InodeTable,
  source: BlockSource,
  range: ByteRange,
  signal: AbortSignal,
): AsyncGenerator<StructureInstance, void, undefined> {
  if (range.length > MOST_SEARCHED_BYTES) return;
  const { groupsCount, inodesPerGroup, inodeSize } = table.geometry;
  const layout = inodeLayout(inodeSize);
  for (let group = 0; group < groupsCount; group++) {
    const start = table.tableOffsetIfAny(group);
    if (start === null || !rangesMeet({ offset: start, length: inodesPerGroup * inodeSize }, range)) continue;
    const first = Math.max(0, Math.floor((range.offset - start) / inodeSize));
    const end = Math.min(inodesPerGroup, Math.ceil((range.offset + range.length - start) / inodeSize));
    const bytes = await readOrNull(() => source.read(start + first * inodeSize, (end - first) * inodeSize, signal));
    for (let index = first; bytes && index < end; index++) {
      const at = (index - first) * inodeSize;
      const record = new InodeRecord(group * inodesPerGroup + index + 1, bytes, at, inodeSize);
      if (record.bytes.every((byte) => byte === 0)) continue;
      const offset = start + index * inodeSize;
      const instance = layout.instance(bytes, at, offset, 'ext.inode');
      if (!record.isChecksumRight(table.geometry)) instance.findings.push(wrongChecksum(record.number, offset));
      yield { ...instance, name: `${layout.name} ${record.number}` };
    }
  }
}

function wrongChecksum(number: number, start: number): StructureInstance['findings'][number] {
  const { offset, length } = inode.range('checksumLow');
  return {
    severity: 'error',
    code: 'ext.inode.checksum',
    message: `The checksum of inode ${number} is wrong.`,
    ranges: [{ offset: start + offset, length }],
  };
}
