import type { Manifest } from '@diskwright/sdk/protocol';

/** What a plugin brings, a phrase each: `command Clone a disk`, `filesystem ext2, ext3, ext4`. */
export function contributionsInWords({ contributes }: Manifest): string[] {
  const { commands = [], filesystems = [], partitionTables = [] } = contributes;
  return [
    ...commands.map(({ title }) => `command ${title}`),
    ...filesystems.map(({ types }) => `filesystem ${types.join(', ')}`),
    ...partitionTables.map(({ title }) => `partition table ${title}`),
  ];
}
