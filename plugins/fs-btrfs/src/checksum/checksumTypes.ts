/** Names of the kinds of checksums as `btrfs inspect-internal dump-super` prints them, by their numbers. */
export const checksumNames: readonly string[] = ['crc32c', 'xxhash64', 'sha256', 'blake2'];
