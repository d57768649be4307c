import type { PackageLimits } from './packageLimits';

const MAX_NAME_BYTES = 255;

/** What is wrong with the path of something in a package, a sentence without its end; null when nothing is. Folders may end with a slash. */
export function pathProblem(path: string, { depth, pathCharacters }: PackageLimits): string | null {
  if (path.length > pathCharacters) return `has a path of more than ${pathCharacters} characters`;
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'has a control character in its path';
  if (path.includes('\\')) return 'has a backslash in its path';
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'has an absolute path';
  const names = path.replace(/\/$/, '').split('/');
  if (names.includes('..')) return 'leads out of the package';
  if (names.some((name) => name === '' || name === '.')) return 'has a path with an empty part';
  if (names.length > depth) return `lies in more than ${depth} folders`;
  if (names.some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES)) return `has a name of more than ${MAX_NAME_BYTES} bytes`;
  return null;
}

/** What two paths have in common that are one file where upper and lower case, or ways to write an accent, are the same. */
export const foldedPath = (path: string): string => path.normalize('NFC').toLowerCase().normalize('NFC');
