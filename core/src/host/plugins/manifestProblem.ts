/** One thing that is wrong with a plugin's package, for its author. */
export interface ManifestProblem {
  /** Where, in package.json: `diskwright.contributes.commands[0].id`; empty for the file as a whole. */
  path: string;
  /** What is wrong, a sentence. */
  message: string;
  /** How to mend it, a sentence. */
  mend: string;
}

/** The problem as one line. */
export function describeProblem({ path, message, mend }: ManifestProblem): string {
  return `${path === '' ? 'package.json' : path}: ${message}. ${mend}`;
}

/** `/a/0/b` as `a[0].b`. */
export function dottedPath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path === '' ? part : `${path}.${part}`), '');
}
