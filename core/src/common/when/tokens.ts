import { checkRegularExpression } from './regularExpression';

const MAXIMUM_CHARACTERS = 4096;

/** A when clause that cannot be read. `position` is the index of the first character that does not fit. */
export class WhenSyntaxError extends SyntaxError {
  constructor(
    message: string,
    readonly position: number,
  ) {
    super(`${message} at character ${position + 1}`);
    this.name = 'WhenSyntaxError';
  }
}

export interface Token {
  kind: 'operator' | 'word' | 'text' | 'regex' | 'end';
  /** Of a text without its quotes; of a regular expression its source. */
  text: string;
  /** Of a regular expression. */
  flags?: string;
  position: number;
}

const OPERATORS = ['&&', '||', '==', '!=', '<=', '>=', '=~', '<', '>', '!', '(', ')'];
const WORD = /[^\s&|=!<>()'"~/][^\s&|=!<>()'"~]*/y;

/** Cuts a clause into tokens; the last one is the end. @throws WhenSyntaxError */
export function tokenize(clause: string): Token[] {
  if (clause.length > MAXIMUM_CHARACTERS)
    throw new WhenSyntaxError(`longer than ${MAXIMUM_CHARACTERS} characters`, MAXIMUM_CHARACTERS);
  const tokens: Token[] = [];
  let at = 0;
  while (at < clause.length) {
    if (/\s/.test(clause[at]!)) {
      at++;
      continue;
    }
    const { token, end } = tokenAt(clause, at, tokens.at(-1)?.text === '=~');
    tokens.push(token);
    at = end;
  }
  return [...tokens, { kind: 'end', text: '', position: clause.length }];
}

function tokenAt(clause: string, at: number, regexExpected: boolean): { token: Token; end: number } {
  if (regexExpected) return regexAt(clause, at);
  const operator = OPERATORS.find((candidate) => clause.startsWith(candidate, at));
  if (operator) return { token: { kind: 'operator', text: operator, position: at }, end: at + operator.length };
  const character = clause[at]!;
  if (character === "'" || character === '"') {
    const end = clause.indexOf(character, at + 1);
    if (end === -1) throw new WhenSyntaxError('a text without its closing quote', at);
    return { token: { kind: 'text', text: clause.slice(at + 1, end), position: at }, end: end + 1 };
  }
  WORD.lastIndex = at;
  const word = WORD.exec(clause)?.[0];
  if (word === undefined) throw new WhenSyntaxError(`unexpected "${character}"`, at);
  return { token: { kind: 'word', text: word, position: at }, end: at + word.length };
}

function regexAt(clause: string, at: number): { token: Token; end: number } {
  if (clause[at] !== '/') throw new WhenSyntaxError('=~ needs a regular expression between slashes', at);
  let end = at + 1;
  let inClass = false;
  while (end < clause.length && (clause[end] !== '/' || inClass)) {
    if (clause[end] === '\\') end++;
    else if (clause[end] === '[') inClass = true;
    else if (clause[end] === ']') inClass = false;
    end++;
  }
  if (end >= clause.length) throw new WhenSyntaxError('a regular expression without its closing slash', at);
  const text = clause.slice(at + 1, end);
  const flags = /^[a-z]*/.exec(clause.slice(end + 1))![0];
  const wrong = checkRegularExpression(text, flags);
  if (wrong !== null) throw new WhenSyntaxError(wrong, at);
  return { token: { kind: 'regex', text, flags, position: at }, end: end + 1 + flags.length };
}
