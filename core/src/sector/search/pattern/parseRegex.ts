import { ANY_BYTE, type ByteSet, complementOf, rangeOf, setOf, unionOf, withBothCases } from './byteSet';
import { patternError } from './patternError';
import { bytesNode, lengthsOf, type RegexNode } from './regexSyntax';

const MAX_DEPTH = 64;
const MAX_TIMES = 1000;

const DIGITS = rangeOf(0x30, 0x39);
const LETTERS = unionOf(rangeOf(0x41, 0x5a), rangeOf(0x61, 0x7a));
const WORD = unionOf(DIGITS, LETTERS, setOf([0x5f]));
const SPACE = setOf([0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20]);
const CLASSES: Record<string, ByteSet> = {
  d: DIGITS,
  D: complementOf(DIGITS),
  w: WORD,
  W: complementOf(WORD),
  s: SPACE,
  S: complementOf(SPACE),
};
const CONTROLS: Record<string, number> = { n: 0x0a, r: 0x0d, t: 0x09, f: 0x0c, v: 0x0b, 0: 0x00, a: 0x07, e: 0x1b };

/**
 * Parses a regular expression over bytes: characters stand for their UTF-8 bytes, `.` for any byte; `\xHH`, `\d \w \s` and their opposites,
 * `[…]`, groups, `|`, `* + ? {n} {n,} {n,m}`. There are no anchors and no references back.
 * @throws InvalidInputError with the position
 */
export function parseRegex(text: string, ignoreCase: boolean): RegexNode {
  return new RegexParser(text, ignoreCase).parse();
}

class RegexParser {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly ignoreCase: boolean,
  ) {}

  parse(): RegexNode {
    const node = this.choice();
    if (this.at < this.text.length) throw this.error('this closes no group');
    return node;
  }

  private choice(): RegexNode {
    if (++this.depth > MAX_DEPTH) throw this.error(`groups are nested more than ${MAX_DEPTH} deep`);
    const ways = [this.sequence()];
    while (this.take('|')) ways.push(this.sequence());
    this.depth--;
    return ways.length === 1 ? ways[0]! : { kind: 'choice', ways };
  }

  private sequence(): RegexNode {
    const parts: RegexNode[] = [];
    while (this.at < this.text.length && this.peek() !== '|' && this.peek() !== ')') parts.push(this.repeated(this.atom()));
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
  }

  private repeated(part: RegexNode): RegexNode {
    const times = this.times();
    if (!times) return part;
    if (this.peek() === '?' || this.peek() === '+')
      throw this.error('of matches that begin at one place the longest is found: leave this out');
    if (this.peek() === '*' || (this.peek() === '{' && this.bounds())) throw this.error('what would this repeat?');
    const repeat: RegexNode = { kind: 'repeat', part, ...times };
    // Nothing is nothing however often it is repeated; counts within counts of it would be gone through all the same.
    return lengthsOf(repeat).most === 0 ? bytesNode([]) : repeat;
  }

  private times(): { least: number; most: number | null } | null {
    if (this.take('*')) return { least: 0, most: null };
    if (this.take('+')) return { least: 1, most: null };
    if (this.take('?')) return { least: 0, most: 1 };
    const bounds = this.peek() === '{' ? this.bounds() : null;
    if (!bounds) return null;
    const least = Number(bounds[1]);
    const most = bounds[2] === undefined ? least : bounds[3] === '' ? null : Number(bounds[3]);
    if (most !== null && most < least) throw this.error('the most is less than the least');
    if (Math.max(least, most ?? 0) > MAX_TIMES) throw this.error(`a count is at most ${MAX_TIMES}`);
    this.at += bounds[0].length;
    return { least, most };
  }

  /** `{n}`, `{n,}` or `{n,m}` here; null for a brace that is none of them, and so is one to be matched. */
  private bounds(): RegExpExecArray | null {
    const form = /\{(\d{1,5})(,(\d{0,5}))?\}/y;
    form.lastIndex = this.at;
    return form.exec(this.text);
  }

  private atom(): RegexNode {
    const character = String.fromCodePoint(this.text.codePointAt(this.at)!);
    switch (character) {
      case '(':
        return this.group();
      case '[':
        return { kind: 'set', set: this.cased(this.bracket()) };
      case '.':
        this.at++;
        return { kind: 'set', set: ANY_BYTE };
      case '\\':
        return { kind: 'set', set: this.cased(this.escape()) };
      case '^':
      case '$':
        throw this.error('bytes of a disk have no lines: to find this character, write a backslash before it');
      case '*':
      case '+':
      case '?':
        throw this.error('there is nothing before it to repeat');
    }
    this.at += character.length;
    return bytesNode([...Buffer.from(character)].map((byte) => this.cased(setOf([byte]))));
  }

  private group(): RegexNode {
    const open = this.at++;
    if (this.take('?') && !this.take(':')) throw this.error('of groups that begin with (? there is only (?: here');
    const inner = this.choice();
    if (!this.take(')')) throw patternError(this.text, open, 'this group is not closed');
    return inner;
  }

  private bracket(): ByteSet {
    const open = this.at++;
    const isNegated = this.take('^');
    const members: ByteSet[] = [];
    for (let first = true; first || this.peek() !== ']'; first = false) {
      if (this.at >= this.text.length) throw patternError(this.text, open, 'this set is not closed');
      members.push(this.member());
    }
    this.at++;
    // Before the opposite is taken, or no letter would be left out for good.
    const set = this.cased(unionOf(...members));
    if (!isNegated) return set;
    const rest = complementOf(set);
    if (rest.every((bits) => bits === 0)) throw patternError(this.text, open, 'no byte is left in this set');
    return rest;
  }

  private member(): ByteSet {
    const from = this.at;
    const low = this.setByte();
    if (this.peek() !== '-' || this.text[this.at + 1] === ']') return low.set;
    this.at++;
    const high = this.setByte();
    if (low.byte === null || high.byte === null) throw patternError(this.text, from, 'a range goes from one byte to another');
    if (high.byte < low.byte) throw patternError(this.text, from, 'this range goes backwards');
    return rangeOf(low.byte, high.byte);
  }

  private setByte(): { set: ByteSet; byte: number | null } {
    if (this.at >= this.text.length) throw this.error('this set is not closed');
    if (this.peek() === '\\') {
      const set = this.escape();
      const values = [...Array(256).keys()].filter((value) => (set[value >> 3]! >> (value & 7)) & 1);
      return { set, byte: values.length === 1 ? values[0]! : null };
    }
    const code = this.text.codePointAt(this.at)!;
    if (code > 0x7f) throw this.error('a set holds bytes: write this character outside of it, or its bytes as \\xHH');
    this.at++;
    return { set: setOf([code]), byte: code };
  }

  private escape(): ByteSet {
    const character = this.text[this.at + 1];
    if (character === undefined) throw this.error('nothing follows the backslash');
    if (character === 'x') {
      const digits = this.text.slice(this.at + 2, this.at + 4);
      if (!/^[0-9a-f]{2}$/i.test(digits)) throw this.error('\\x needs two hexadecimal digits');
      this.at += 4;
      return setOf([Number.parseInt(digits, 16)]);
    }
    const set = CLASSES[character] ?? (character in CONTROLS ? setOf([CONTROLS[character]!]) : null);
    if (!set && /[A-Za-z1-9]/.test(character)) throw this.error(`there is no \\${character} here`);
    const code = character.charCodeAt(0);
    if (!set && code > 0x7f) throw this.error('this character needs no backslash');
    this.at += 2;
    return set ?? setOf([code]);
  }

  private cased(set: ByteSet): ByteSet {
    return this.ignoreCase ? withBothCases(set) : set;
  }

  private peek(): string | undefined {
    return this.text[this.at];
  }

  private take(character: string): boolean {
    if (this.peek() !== character) return false;
    this.at++;
    return true;
  }

  private error(message: string) {
    return patternError(this.text, Math.min(this.at, this.text.length), message);
  }
}
