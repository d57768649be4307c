import { DamagedStructureError, MediaError, NotSupportedError } from '@diskwright/sdk/errors';

/** Why something of a filesystem cannot be had, though the rest can: damage, bad sectors, or that it lies on another device. */
export type Missing = DamagedStructureError | MediaError | NotSupportedError;

export function isMissing(error: unknown): error is Missing {
  return error instanceof DamagedStructureError || error instanceof MediaError || error instanceof NotSupportedError;
}

/** What can be had of a filesystem; null for what is missing, which hides what it holds but nothing else. */
export async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
