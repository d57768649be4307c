import type { ByteRange } from '../protocol/types';

/**
 * Bytes at the start of a device or partition within which every mark lies that libblkid knows: the farthest is the last place of a secondary LUKS2
 * header, 4 MiB (util-linux, libblkid/src/superblocks/luks.c, `secondary_offsets`), with its 4 KiB.
 */
const HEAD_BYTES = 4 * 1024 * 1024 + 64 * 1024;
/**
 * Bytes at the end likewise: Promise RAID keeps its mark up to 3087 sectors before the end (promise_raid.c), ZFS two labels of 256 KiB (zfs.c), md 0.90
 * within the last 128 KiB (linux_raid.c).
 */
const TAIL_BYTES = 2 * 1024 * 1024;

/** The ranges of `[start, start + size)` in which old or new marks can lie: its head and its tail, joined when they meet. */
export function signatureWindows(start: number, size: number): ByteRange[] {
  if (size <= HEAD_BYTES + TAIL_BYTES) return [{ offset: start, length: size }];
  return [
    { offset: start, length: HEAD_BYTES },
    { offset: start + size - TAIL_BYTES, length: TAIL_BYTES },
  ];
}
