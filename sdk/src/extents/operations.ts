import { ExtentList, ExtentListBuilder } from './extentList';

/** All bytes of either list. */
export function union(a: ExtentList, b: ExtentList): ExtentList {
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

/** Every extent widened to whole units of `alignment` bytes, cut at `size`. */
export function alignOutward(list: ExtentList, alignment: number, size: number): ExtentList {
  const builder = new ExtentListBuilder();
  for (const extent of list) {
    const start = Math.floor(extent.offset / alignment) * alignment;
    const end = Math.min(Math.ceil((extent.offset + extent.length) / alignment) * alignment, size);
    if (start < end) builder.add(start, end - start);
  }
  return builder.build();
}

/** Every extent moved by `bytes`, which may be negative. @throws InvalidInputError when one would start before 0 or end beyond 2^53 − 1 */
export function shift(list: ExtentList, bytes: number): ExtentList {
  const builder = new ExtentListBuilder();
  for (const extent of list) builder.add(extent.offset + bytes, extent.length);
  return builder.build();
}
