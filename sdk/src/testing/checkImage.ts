import type { ServedNode } from '../nbd/index';
import { SeededRandom } from './seededRandom';

const MIB = 1024 * 1024;
const PIECES = 200;
const MAX_EXTENT_CALLS = 100_000;

/**
 * Holds an open image, or a device of a container, against the disk that it is to be: all of its bytes, pieces anywhere of any length, and what it says of zeros and holes.
 * @throws Error at the first difference
 */
export async function checkImage(image: ServedNode, disk: Buffer, random = new SeededRandom(1, 0)): Promise<void> {
  const { signal } = new AbortController();
  const same = async (offset: number, length: number): Promise<void> => {
    const bytes = await image.read(offset, length, signal);
    if (bytes.equals(disk.subarray(offset, offset + length))) return;
    throw new Error(`${length} bytes at ${offset} are not those of the disk`);
  };
  if (image.size !== disk.length) throw new Error(`the disk would have ${image.size} bytes instead of ${disk.length}`);
  for (let at = 0; at < disk.length; at += 3 * MIB) await same(at, Math.min(3 * MIB, disk.length - at));
  for (let count = 0; count < PIECES; count++) {
    const length = 1 + random.integer(count % 4 === 0 ? 2 * MIB : 70_000);
    const offset = random.integer(Math.max(1, disk.length - length));
    await same(offset, Math.min(length, disk.length - offset));
  }
  let at = 0;
  for (let calls = 0; at < disk.length; calls++) {
    if (calls > MAX_EXTENT_CALLS) throw new Error('its extents do not come to an end');
    for (const { offset, length, kind } of await image.extents(at, disk.length - at, signal)) {
      if (offset !== at || length <= 0 || at + length > disk.length)
        throw new Error(`an extent of ${length} bytes at ${offset}, after ${at}`);
      if (kind !== 'data' && disk.subarray(offset, offset + length).some((byte) => byte !== 0))
        throw new Error(`${length} bytes at ${offset} are said to be zeros`);
      at += length;
    }
  }
}
