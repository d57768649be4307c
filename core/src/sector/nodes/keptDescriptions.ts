import type { Description } from '@diskwright/native';
import { native } from '../native';
import { storageOf } from './storageOf';

interface Kept {
  description: Description;
  storage: ReturnType<typeof storageOf>;
}

/** By the numbers of the descriptors that nodes own. */
const kept = new Map<number, Kept>();

/** Keeps how a node's descriptor was described on opening: a device that hangs may not answer that question any more, and all else would wait with it. */
export function keepDescription(descriptor: number, description: Description): void {
  kept.set(descriptor, { description, storage: storageOf(description) });
}

/** To be called before the descriptor is closed, since its number is given to the next one. */
export function forgetDescription(descriptor: number): void {
  kept.delete(descriptor);
}

/** What a descriptor lies on. */
export function storageOfDescriptor(descriptor: number): Kept['storage'] {
  return kept.get(descriptor)?.storage ?? storageOf(native.describe(descriptor));
}

/** What a descriptor is of, as it was opened. */
export function descriptionOf(descriptor: number): Description {
  return kept.get(descriptor)?.description ?? native.describe(descriptor);
}
