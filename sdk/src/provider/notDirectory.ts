import { DamagedStructureError, type DiskwrightError, InvalidInputError } from '../errors';
import type { NamedRange } from '../protocol/types';

/**
 * What is thrown where the entries of a node are asked for that is no directory: a mistake of the caller, unless it is the root, which nothing but damage
 * makes anything else.
 * @param record the inode or the like, with its name
 * @param structure what it is: `ext inode`
 */
export function notDirectory({ name, offset, length }: NamedRange, structure: string, isRoot: boolean): DiskwrightError {
  if (!isRoot) return new InvalidInputError(`${name} is no directory`);
  return new DamagedStructureError(structure, `${name}, the root, is no directory`, { offset, length });
}
