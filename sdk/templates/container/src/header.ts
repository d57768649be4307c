import type { BlockSource } from '@diskwright/sdk/block';
import { ascii, field, struct, u32 } from '@diskwright/sdk/struct';

export const MAGIC = 'EXAMPLEC';
/** Where a member's part of the device begins. */
export const DATA_OFFSET = 4096;
const MAX_MEMBERS = 64;

/** Numbers are little-endian. */
export const header = struct('Example member header', 'the specification of your format, with its section', {
  magic: field(ascii(8), 'marks a member', { check: (value) => (value === MAGIC ? null : 'is not that of the format') }),
  container: field(u32(), 'tells the members of a container from those of others'),
  memberCount: field(u32(), 'members of the container', {
    check: (value) => (value >= 1 && value <= MAX_MEMBERS ? null : `is not from 1 to ${MAX_MEMBERS}`),
  }),
  index: field(u32(), 'which of them it is, from 0'),
  dataBytes: field(u32(), 'size of its part of the device'),
});

export type Header = ReturnType<typeof header.read>;

/** The header of a member; null when there is none. */
export async function readHeader(member: BlockSource, signal: AbortSignal): Promise<Header | null> {
  if (member.size < DATA_OFFSET) return null;
  const bytes = await member.read(0, header.size, signal);
  const values = header.read(bytes);
  return header.check(bytes, 0, 0, 'example-name').length === 0 && values.index < values.memberCount ? values : null;
}
