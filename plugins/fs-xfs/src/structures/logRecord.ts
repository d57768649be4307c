import { array, bytes, field, hex32, struct, u32, u64, uuid } from '@diskwright/sdk/struct';

export const LOG_RECORD_MAGIC = 0xfeedbabe;

/** Head of a record of the log, in a block of 512 bytes. */
export const logRecord = struct(
  'XFS log record',
  'Linux kernel, fs/xfs/libxfs/xfs_log_format.h, struct xlog_rec_header',
  {
    magic: field(hex32('big'), 'always 0xfeedbabe', {
      check: (value) => (value === LOG_RECORD_MAGIC ? null : 'is not 0xfeedbabe'),
    }),
    cycle: field(u32('big'), 'how often the log was gone through when it was written'),
    version: field(u32('big')),
    length: field(u32('big'), 'bytes behind the head'),
    sequence: field(u64('big'), 'cycle and block of this record'),
    tail: field(u64('big'), 'cycle and block of the first record that is still needed'),
    checksum: field(hex32(), 'CRC-32C, little endian'),
    previousBlock: field(u32('big')),
    operations: field(u32('big'), 'operations in it'),
    cycleData: field(array(u32('big'), 64), 'first words of its blocks, in whose place stands the cycle'),
    format: field(u32('big'), '1: little endian Linux; 2: big endian Linux; 3: big endian IRIX'),
    uuid: field(uuid()),
    size: field(u32('big'), 'bytes of the buffer that it was written from'),
    padding: field(bytes(184)),
  },
  { size: 512 },
);
