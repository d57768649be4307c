/** Paths within a volume: absolute, with slashes, `/` for the root. Pure. */

/** The names of a path; `.` and empty ones left out, `..` taken as one up. */
export function namesOf(path: string): string[] {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names;
}

export const pathOf = (names: readonly string[]): string => `/${names.join('/')}`;
export const childPath = (directory: string, name: string): string => (directory === '/' ? `/${name}` : `${directory}/${name}`);
export const parentPath = (path: string): string => pathOf(namesOf(path).slice(0, -1));
export const baseName = (path: string): string => namesOf(path).at(-1) ?? '/';

/** Where a link leads that stands in a directory. */
export const linkTarget = (directory: string, target: string): string =>
  pathOf(namesOf(target.startsWith('/') ? target : `${directory}/${target}`));

/** A path with those of the directories above it, the root first. */
export function withParents(path: string): string[] {
  const names = namesOf(path);
  return [...names.keys(), names.length].map((count) => pathOf(names.slice(0, count)));
}
