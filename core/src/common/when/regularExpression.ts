const MAXIMUM_CHARACTERS = 256;
/** Ways to try, at the most: some ten nanoseconds each. */
const MAXIMUM_WAYS = 2 ** 25;

/** Only so much of a value is compared with a regular expression. */
export const MATCHED_CHARACTERS = 256;

/**
 * Why an expression is refused; null when it may be used. JavaScript's engine backtracks, and clauses are evaluated at every key that is pressed: what
 * an expression may try of {@link MATCHED_CHARACTERS} is bounded, so that it takes a tenth of a second where nothing matches in the worst way.
 */
export function checkRegularExpression(source: string, flags: string): string | null {
  if (source.length > MAXIMUM_CHARACTERS) return `a regular expression longer than ${MAXIMUM_CHARACTERS} characters`;
  if (!/^[imsu]*$/.test(flags)) return `unknown flags "${flags}" of a regular expression (i, m, s, u)`;
  try {
    new RegExp(source, flags);
  } catch (error) {
    return (error as Error).message;
  }
  if (/\\[1-9k]/.test(source)) return 'a regular expression with a reference back';
  // Escapes and classes stand for one character each; what begins a group says nothing about how often.
  const plain = source
    .replace(/\\./g, 'x')
    .replace(/\[[^\]]*\]/g, 'x')
    .replace(/\(\?(?:[:=!]|<[=!]|<\w+>)/g, '(');
  if (repeatsGroup(plain)) return 'a regular expression that repeats a group with repeats or alternatives in it';
  const starts = isAnchored(plain) && !flags.includes('m') ? 1 : MATCHED_CHARACTERS;
  if (starts * new Ways(plain).count() <= MAXIMUM_WAYS) return null;
  return 'a regular expression that could take too long: it has too many repeats, optional parts and alternatives';
}

/** Whether it can match at the beginning only, all of its alternatives. */
function isAnchored(plain: string): boolean {
  let outside = plain;
  for (let before = ''; before !== outside; outside = outside.replace(/\([^()]*\)/g, 'x')) before = outside;
  return outside.split('|').every((alternative) => alternative.startsWith('^'));
}

/** Counts the ways in which an expression may be tried from one place, at the most: choices behind each other multiply, alternatives add up. */
class Ways {
  private at = 0;

  constructor(private readonly plain: string) {}

  count(): number {
    let ways = this.sequence();
    while (this.plain[this.at] === '|') {
      this.at++;
      ways += this.sequence();
    }
    return ways;
  }

  private sequence(): number {
    let ways = 1;
    while (this.at < this.plain.length && this.plain[this.at] !== '|' && this.plain[this.at] !== ')') {
      ways *= this.repeated(this.item());
    }
    return ways;
  }

  private item(): number {
    if (this.plain[this.at++] !== '(') return 1;
    const ways = this.count();
    // What closes it: the engine has taken the expression, so it is there.
    this.at++;
    return ways;
  }

  private repeated(ways: number): number {
    const form = /(?:([*+])|(\?)|\{(\d+)(?:(,)(\d*))?\})\??/y;
    form.lastIndex = this.at;
    const [text = '', unbounded, optional, least, comma, most] = form.exec(this.plain) ?? [];
    this.at += text.length;
    if (optional) return ways + 1;
    if (unbounded || (comma && most === '')) return ways * MATCHED_CHARACTERS;
    return comma ? ways * Math.min(Number(most) - Number(least) + 1, MATCHED_CHARACTERS) : ways;
  }
}

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
    } else if (/[*+{|?]/.test(character) && groups.length > 0) groups[groups.length - 1] = true;
  }
  return false;
}
