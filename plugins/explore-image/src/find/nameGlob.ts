import { InvalidInputError } from '@diskwright/sdk/errors';

const LONGEST = 1024;

/**
 * Whether a path fits a pattern: `*` and `?` within a name, `**` across names, `[a-z]` and `[!a-z]` for one character. A pattern without a slash is held
 * against the last name.
 */
export function nameGlob(pattern: string, ignoreCase: boolean): (path: string) => boolean {
  if (pattern === '' || pattern.length > LONGEST) throw new InvalidInputError(`--name takes 1 to ${LONGEST} characters`);
  const expression = compiled(pattern, ignoreCase);
  if (pattern.includes('/')) return (path) => expression.test(path);
  return (path) => expression.test(path.slice(path.lastIndexOf('/') + 1));
}

/** @throws InvalidInputError for a range that runs backwards, such as `[z-a]` */
function compiled(pattern: string, ignoreCase: boolean): RegExp {
  try {
    return new RegExp(`^(?:${sourceOf(pattern)})$`, ignoreCase ? 'isu' : 'su');
  } catch {
    throw new InvalidInputError(`--name "${pattern}" is no pattern`, { todo: 'Write ranges of characters forwards: [a-z].' });
  }
}

function sourceOf(pattern: string): string {
  return pattern
    .split(/(\*\*\/?|\*|\?|\[[!^]?\]?[^\]/]*\])/)
    .map((part, index) => (index % 2 === 0 ? literal(part) : wildcard(part)))
    .join('');
}

function wildcard(part: string): string {
  if (part === '**/') return '(?:.*/)?';
  if (part === '**') return '.*';
  if (part === '*') return '[^/]*';
  if (part === '?') return '[^/]';
  const negated = part[1] === '!' || part[1] === '^';
  const inside = part.slice(negated ? 2 : 1, -1).replace(/[\\\][^]/g, '\\$&');
  return negated ? `[^/${inside}]` : `[${inside}]`;
}

const literal = (text: string): string => text.replace(/[.+^${}()|[\]\\/*?]/g, '\\$&');
