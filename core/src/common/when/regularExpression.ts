const MAXIMUM_CHARACTERS = 256;
const MAXIMUM_REPEATS = 3;

/** Only so much of a value is compared with a regular expression. */
export const MATCHED_CHARACTERS = 256;

/**
 * Why an expression is refused; null when it may be used. Clauses come from plugins, and JavaScript's engine backtracks: at most three unbounded
 * repeats, none around a group that holds a repeat or an alternative, keep matching {@link MATCHED_CHARACTERS} within some milliseconds.
 */
export function checkRegularExpression(source: string, flags: string): string | null {
  if (source.length > MAXIMUM_CHARACTERS) return `a regular expression longer than ${MAXIMUM_CHARACTERS} characters`;
  if (!/^[imsu]*$/.test(flags)) return `unknown flags "${flags}" of a regular expression (i, m, s, u)`;
  try {
    new RegExp(source, flags);
  } catch (error) {
    return (error as Error).message;
  }
  const plain = source.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
  if (/\\[1-9k]/.test(source)) return 'a regular expression with a reference back';
  if ((plain.match(REPEAT) ?? []).length > MAXIMUM_REPEATS)
    return `a regular expression with more than ${MAXIMUM_REPEATS} repeats`;
  return repeatsGroup(plain) ? 'a regular expression that repeats a group with repeats or alternatives in it' : null;
}

const REPEAT = /[*+]|\{\d+,?\d*\}/g;

/** Whether a repeat stands behind a group that holds repeats or alternatives. */
function repeatsGroup(plain: string): boolean {
  const groups: boolean[] = [];
  for (let at = 0; at < plain.length; at++) {
    const character = plain[at]!;
    if (character === '(') groups.push(false);
    else if (character === ')') {
      const branches = groups.pop() ?? false;
      if (branches && /[*+{]/.test(plain[at + 1] ?? '')) return true;
      if (branches && groups.length > 0) groups[groups.length - 1] = true;
    } else if (/[*+{|]/.test(character) && groups.length > 0) groups[groups.length - 1] = true;
  }
  return false;
}
