/**
 * Tells which paths a walk's `filter` lets through; without one, all. `*` and `?` stand for what is within a name, `**` goes across names; a pattern
 * without a slash is held against the last name.
 */
export function pathMatcher(pattern: string | undefined): (path: string) => boolean {
  if (pattern === undefined) return () => true;
  const source = pattern
    .slice(0, 1024)
    .split(/(\*\*|\*|\?)/)
    .map((part) => ({ '**': '.*', '*': '[^/]*', '?': '[^/]' })[part] ?? part.replace(/[.+^${}()|[\]\\]/g, '\\$&'))
    .join('');
  const expression = new RegExp(`^${source}$`, 's');
  return pattern.includes('/')
    ? (path) => expression.test(path)
    : (path) => expression.test(path.slice(path.lastIndexOf('/') + 1));
}
