import { ExtentList, ExtentListBuilder } from './extentList';

/** Lists that differ so much in length are first asked whether the long one holds all of the other: that takes few looks, and no second long list. */
const MUCH_LONGER = 8;

/** All bytes of either list: one of the two where it holds the other. */
export function union(a: ExtentList, b: ExtentList): ExtentList {
  const [long, short] = a.count >= b.count ? [a, b] : [b, a];
  if (short.count * MUCH_LONGER <= long.count && holds(long, short)) return long;
  const builder = new ExtentListBuilder();
  let i = 0;
  let j = 0;
  while (i < a.count || j < b.count) {
    const takeA = j >= b.count || (i < a.count && a.offsetAt(i) <= b.offsetAt(j));
    if (takeA) builder.add(a.offsetAt(i), a.lengthAt(i++));
    else builder.add(b.offsetAt(j), b.lengthAt(j++));
  }
  return builder.build();
}

function holds(long: ExtentList, short: ExtentList): boolean {
  for (let i = 0; i < short.count; i++) {
    const offset = short.offsetAt(i);
    const index = long.indexFrom(offset);
    if (index === long.count || long.offsetAt(index) > offset || long.endAt(index) < short.endAt(i)) return false;
  }
  return true;
}

/** The bytes of `a` that are not in `b`. */
export function subtract(a: ExtentList, b: ExtentList): ExtentList {
  const builder = new ExtentListBuilder();
  let j = 0;
  for (let i = 0; i < a.count; i++) {
    let start = a.offsetAt(i);
    const end = a.endAt(i);
    while (j < b.count && b.endAt(j) <= start) j++;
    for (let k = j; k < b.count && b.offsetAt(k) < end; k++) {
      if (b.offsetAt(k) > start) builder.add(start, b.offsetAt(k) - start);
      start = Math.max(start, b.endAt(k));
    }
    if (start < end) builder.add(start, end - start);
  }
  return builder.build();
}

/** The bytes in both lists. */
export function intersect(a: ExtentList, b: ExtentList): ExtentList {
  const builder = new ExtentListBuilder();
  let i = 0;
  let j = 0;
  while (i < a.count && j < b.count) {
    const start = Math.max(a.offsetAt(i), b.offsetAt(j));
    const end = Math.min(a.endAt(i), b.endAt(j));
    if (start < end) builder.add(start, end - start);
    if (a.endAt(i) < b.endAt(j)) i++;
    else j++;
  }
  return builder.build();
}

/** The bytes of `[0, size)` that are not in the list. */
export function complement(list: ExtentList, size: number): ExtentList {
  return subtract(ExtentList.fromRanges([{ offset: 0, length: size }]), list);
}

/** Every extent widened to whole units of `alignment` bytes, cut at `size`; the list itself where that changes nothing. */
export function alignOutward(list: ExtentList, alignment: number, size: number): ExtentList {
  if (isAligned(list, alignment) && list.end <= size) return list;
  const builder = new ExtentListBuilder();
  for (const extent of list) {
    const start = Math.floor(extent.offset / alignment) * alignment;
    const end = Math.min(Math.ceil((extent.offset + extent.length) / alignment) * alignment, size);
    if (start < end) builder.add(start, end - start);
  }
  return builder.build();
}

function isAligned(list: ExtentList, alignment: number): boolean {
  for (let index = 0; index < list.count; index++)
    if (list.offsetAt(index) % alignment !== 0 || list.lengthAt(index) % alignment !== 0) return false;
  return true;
}

/** Every extent moved by `bytes`, which may be negative. @throws InvalidInputError when one would start before 0 or end beyond 2^53 − 1 */
export function shift(list: ExtentList, bytes: number): ExtentList {
  if (bytes === 0) return list;
  const builder = new ExtentListBuilder();
  for (const extent of list) builder.add(extent.offset + bytes, extent.length);
  return builder.build();
}
