import { field, hex64, struct, u16, u32, u64, uuid } from '@diskwright/sdk/struct';
import { holdsText, profileName } from '../chunks/profiles';

const source = (name: string): string => `Linux, include/uapi/linux/btrfs_tree.h, struct ${name}`;
const flagsInWords = (value: bigint): string => `${holdsText(Number(value & 7n))}, ${profileName(Number(value & 0xffffn))}`;

/** Maps logical addresses to devices; its stripes follow. */
export const chunkItem = struct('btrfs chunk', source('btrfs_chunk'), {
  length: field(u64(), 'logical bytes'),
  owner: field(u64()),
  stripeLength: field(u64()),
  flags: field(hex64(), 'what it holds, and how', { meaning: flagsInWords }),
  ioAlign: field(u32()),
  ioWidth: field(u32()),
  sectorSize: field(u32()),
  stripesCount: field(u16()),
  subStripes: field(u16()),
});

export const stripe = struct('btrfs stripe', source('btrfs_stripe'), {
  deviceId: field(u64(), 'device'),
  offset: field(u64(), 'where on it'),
  deviceUuid: field(uuid()),
});

/** What is used of a chunk. */
export const blockGroupItem = struct('btrfs block group', source('btrfs_block_group_item'), {
  used: field(u64(), 'logical bytes in use'),
  chunkTree: field(u64()),
  flags: field(hex64(), undefined, { meaning: flagsInWords }),
});
