import { evaluate, type Expression, type WhenClause } from './evaluate';
import { type Token, tokenize, WhenSyntaxError } from './tokens';

const MAXIMUM_DEPTH = 64;

/**
 * Reads a clause: `editor == sectors && !readOnly || count > 2`. Of rising precedence: `||`, `&&`, `!`, comparisons of a key with a literal (`==`,
 * `!=`, `<`, `<=`, `>`, `>=`), with a regular expression (`=~ /…/i`), and with a key that holds a list (`in`, `not in`). An empty clause always holds.
 * @throws WhenSyntaxError
 */
export function parseWhen(clause: string): WhenClause {
  const tokens = tokenize(clause);
  const keys = new Set<string>();
  const expression: Expression = tokens.length === 1 ? { kind: 'constant', value: true } : new Parser(tokens, keys).parse();
  return { keys, evaluate: (valueOf) => evaluate(expression, valueOf) };
}

class Parser {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly tokens: Token[],
    private readonly keys: Set<string>,
  ) {}

  parse(): Expression {
    const expression = this.either();
    if (this.next.kind !== 'end') throw this.unexpected('the end, && or ||');
    return expression;
  }

  private get next(): Token {
    return this.tokens[this.at]!;
  }

  private either(): Expression {
    return this.joined('or', '||', () => this.joined('and', '&&', () => this.term()));
  }

  private joined(kind: 'and' | 'or', operator: string, part: () => Expression): Expression {
    const parts = [part()];
    while (this.takeOperator(operator)) parts.push(part());
    return parts.length === 1 ? parts[0]! : { kind, of: parts };
  }

  private term(): Expression {
    if (++this.depth > MAXIMUM_DEPTH) throw new WhenSyntaxError(`nested deeper than ${MAXIMUM_DEPTH}`, this.next.position);
    try {
      if (this.takeOperator('!')) return { kind: 'not', of: this.term() };
      if (!this.takeOperator('(')) return this.condition();
      const inner = this.either();
      if (!this.takeOperator(')')) throw this.unexpected('")"');
      return inner;
    } finally {
      this.depth--;
    }
  }

  private condition(): Expression {
    const token = this.take('word', 'a context key');
    if (token.text === 'true' || token.text === 'false') return { kind: 'constant', value: token.text === 'true' };
    const key = this.key(token);
    if (this.takeOperator('==')) return { kind: 'equals', key, value: this.literal() };
    if (this.takeOperator('!=')) return { kind: 'not', of: { kind: 'equals', key, value: this.literal() } };
    if (this.takeOperator('=~')) return { kind: 'match', key, regex: this.regex() };
    for (const operator of ['<=', '>=', '<', '>'] as const) {
      if (this.takeOperator(operator)) return { kind: 'compare', key, operator, value: this.number() };
    }
    if (this.takeWord('in')) return this.listed(key);
    if (this.takeWord('not')) {
      if (!this.takeWord('in')) throw this.unexpected('"in"');
      return { kind: 'not', of: this.listed(key) };
    }
    return { kind: 'key', key };
  }

  private listed(key: string): Expression {
    return { kind: 'in', key, list: this.key(this.take('word', 'a context key that holds a list')) };
  }

  private literal(): string | boolean {
    const token = this.next;
    if (token.kind !== 'word' && token.kind !== 'text') throw this.unexpected('a value');
    this.at++;
    if (token.kind === 'word' && (token.text === 'true' || token.text === 'false')) return token.text === 'true';
    return token.text;
  }

  private number(): number {
    const token = this.take('word', 'a number');
    const value = Number(token.text);
    if (!Number.isFinite(value)) throw new WhenSyntaxError(`"${token.text}" is not a number`, token.position);
    return value;
  }

  private regex(): RegExp {
    const token = this.take('regex', 'a regular expression between slashes');
    return new RegExp(token.text, token.flags);
  }

  private key(token: Token): string {
    this.keys.add(token.text);
    return token.text;
  }

  private take(kind: Token['kind'], expected: string): Token {
    const token = this.next;
    if (token.kind !== kind) throw this.unexpected(expected);
    this.at++;
    return token;
  }

  private takeOperator(text: string): boolean {
    const found = this.next.kind === 'operator' && this.next.text === text;
    if (found) this.at++;
    return found;
  }

  private takeWord(text: string): boolean {
    const found = this.next.kind === 'word' && this.next.text === text;
    if (found) this.at++;
    return found;
  }

  private unexpected(expected: string): WhenSyntaxError {
    const { kind, text, position } = this.next;
    return new WhenSyntaxError(`expected ${expected}, found ${kind === 'end' ? 'the end' : `"${text}"`}`, position);
  }
}
