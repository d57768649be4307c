/** A part of a go-to expression. `at` is its first character, from 0. */
export type Token =
  /** With its unit applied, except sectors and blocks, whose size depends on the device. */
  | { kind: 'number'; at: number; end: number; value: number; unit: string | null }
  | { kind: 'word'; at: number; end: number; text: string }
  | { kind: 'bookmark'; at: number; end: number; name: string }
  | { kind: 'sign'; at: number; end: number; text: '+' | '-' | '*' | '(' | ')' | ':' }
  | { kind: 'end'; at: number; end: number };

/** What is wrong with an expression, and where: characters from 0. */
export class ExpressionError extends Error {
  constructor(
    message: string,
    readonly at: number,
    readonly end: number,
  ) {
    super(message);
    this.name = 'ExpressionError';
  }
}

const blank = /\s+/y;
const hexNumber = /0x([0-9a-f]+)/iy;
const decimalNumber = /(\d+(?:\.\d+)?)([a-z]*)/iy;
const word = /[a-z][a-z0-9]*/iy;
const quotedBookmark = /@"([^"]*)"/y;
const bookmark = /@([^\s+\-*()@:"]+)/y;

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function tokenAt(text: string, at: number): Token {
  const hex = match(hexNumber, text, at);
  if (hex) {
    const end = at + hex[0].length;
    const unit = match(word, text, end);
    if (unit) throw new ExpressionError(`"${hex[0]}${unit[0]}" is no hexadecimal number`, at, end + unit[0].length);
    return { kind: 'number', at, end, value: Number(BigInt(`0x${hex[1]}`)), unit: null };
  }
  const decimal = match(decimalNumber, text, at);
  if (decimal) {
    return { kind: 'number', at, end: at + decimal[0].length, value: Number(decimal[1]), unit: decimal[2] || null };
  }
  const named = match(quotedBookmark, text, at) ?? match(bookmark, text, at);
  if (named) return { kind: 'bookmark', at, end: at + named[0].length, name: named[1] ?? '' };
  if (text[at] === '@') throw new ExpressionError('the name of a bookmark is missing after "@"', at, at + 1);
  const name = match(word, text, at);
  if (name) return { kind: 'word', at, end: at + name[0].length, text: name[0].toLowerCase() };
  const character = text.charAt(at);
  if ('+-*():'.includes(character)) return { kind: 'sign', at, end: at + 1, text: character as '+' };
  throw new ExpressionError(`"${character}" has no meaning here`, at, at + 1);
}

/** @throws ExpressionError */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += match(blank, text, at)?.[0].length ?? 0;
    if (at >= text.length) break;
    const token = tokenAt(text, at);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: 'end', at: text.length, end: text.length });
  return tokens;
}
