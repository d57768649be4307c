import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { Scalar, Section } from './parseText';

/** Entries of a section by name and kind; `where` names the section in errors. */

/** @throws DamagedStructureError when there is no such text */
export function textOf(section: Section, name: string, where: string): string {
  const value = section.values.get(name);
  return typeof value === 'string' ? value : missing(name, where);
}

/** A whole number, 0 or more. @throws DamagedStructureError when there is no such number */
export function countOf(section: Section, name: string, where: string): number {
  const value = section.values.get(name);
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : missing(name, where);
}

/** A list, or an only value as one; empty when there is none. */
export function listOf(section: Section, name: string): readonly Scalar[] {
  const value = section.values.get(name) ?? [];
  return typeof value === 'object' ? value : [value];
}

/** Empty when there is none. */
export function sectionsOf(section: Section, name: string): ReadonlyMap<string, Section> {
  return section.sections.get(name)?.sections ?? new Map<string, Section>();
}

export function missing(name: string, where: string): never {
  throw new DamagedStructureError('LVM2 metadata', `the LVM2 metadata have no "${name}" for ${where} that makes sense`);
}
