import { NotSupportedError } from '@diskwright/sdk/errors';

/** Incompatible features, by bit. */
export const Incompatible = { dirty: 0, corrupt: 1, externalData: 2, compressionType: 3, extendedL2: 4 } as const;
const KNOWN = Object.values(Incompatible).reduce((bits, bit) => bits | (1n << BigInt(bit)), 0n);

export function hasBit(bits: bigint, bit: number): boolean {
  return ((bits >> BigInt(bit)) & 1n) === 1n;
}

/**
 * Refuses what is not known, by the name that the image's own table has for it.
 * @param names of incompatible features, by bit
 * @throws NotSupportedError
 */
export function requireKnown(incompatible: bigint, names: ReadonlyMap<number, string>): void {
  const unknown: string[] = [];
  for (let bit = 0; bit < 64; bit++) {
    if (hasBit(incompatible & ~KNOWN, bit)) unknown.push(names.get(bit) ?? `bit ${bit}`);
  }
  if (unknown.length === 0) return;
  throw new NotSupportedError(`the image uses features of qcow2 that are not known here: ${unknown.join(', ')}`, {
    todo: 'Convert it with the program that made it, or look for a newer version of this plugin.',
  });
}
