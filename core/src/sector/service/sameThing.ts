import type { OpenedNode, StorageReference } from '../contracts';
import { identityDifference } from '../identityDifference';

/** In words, why what was opened now is another thing than before; null when it is the same, whatever its content is by now. */
export function thingDifference(before: OpenedNode, now: OpenedNode): string | null {
  const difference = identityDifference(factsOf(before), factsOf(now));
  if (difference !== null) return difference;
  return sameReference(before.storage, now.storage) ? null : 'another device or file has its name now';
}

function factsOf({ node: { size, sectorSize }, kind, model, serial }: OpenedNode) {
  return { kind, size, sectorSize, model, serial, fingerprint: '' };
}

function sameReference(a: StorageReference, b: StorageReference): boolean {
  if (a.kind === 'content') return b.kind === 'content' && a.id === b.id && sameReference(a.base, b.base);
  if (a.kind === 'image' && b.kind === 'image')
    return a.files.length === b.files.length && a.files.every((file, index) => sameReference(file, b.files[index]!));
  const keys = Object.keys(a) as (keyof StorageReference)[];
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
