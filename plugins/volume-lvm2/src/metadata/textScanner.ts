import { DamagedStructureError } from '@diskwright/sdk/errors';

/** `mark`: one of `{ } [ ] , =`; `text`: what stands in quotes; `word`: all else, numbers included. */
export interface Token {
  kind: 'mark' | 'text' | 'word' | 'end';
  text: string;
}

const MARKS = '{}[],=';
const SPACES = ' \t\n\r\v\f';
const QUOTES = '"\'';

/** Takes LVM2's text apart. Each character is looked at once. */
export class TextScanner {
  private at = 0;

  constructor(private readonly text: string) {}

  /** @throws DamagedStructureError for a text without closing quotes */
  next(): Token {
    this.skipSpace();
    const character = this.text[this.at];
    if (character === undefined) return { kind: 'end', text: '' };
    if (MARKS.includes(character)) {
      this.at++;
      return { kind: 'mark', text: character };
    }
    return QUOTES.includes(character) ? this.quoted(character) : this.word();
  }

  /** @throws DamagedStructureError always, with the line that was read last */
  fail(what: string): never {
    const line = this.text.slice(0, this.at).split('\n').length;
    throw new DamagedStructureError('LVM2 metadata', `the LVM2 metadata make no sense at line ${line}: ${what}`);
  }

  private skipSpace(): void {
    for (let character = this.text[this.at]; character !== undefined; character = this.text[this.at]) {
      if (character === '#') {
        const end = this.text.indexOf('\n', this.at);
        this.at = end < 0 ? this.text.length : end;
      } else if (SPACES.includes(character)) this.at++;
      else return;
    }
  }

  /** Between double quotes, a backslash keeps the character behind it. */
  private quoted(quote: string): Token {
    const parts: string[] = [];
    let start = ++this.at;
    for (let character = this.text[this.at]; character !== quote; character = this.text[this.at]) {
      if (character === undefined) this.fail('a text has no end');
      if (character === '\\' && quote === '"') {
        parts.push(this.text.slice(start, this.at));
        start = ++this.at;
      }
      this.at++;
    }
    parts.push(this.text.slice(start, this.at++));
    return { kind: 'text', text: parts.join('') };
  }

  private word(): Token {
    const start = this.at;
    for (let character = this.text[this.at]; character !== undefined; character = this.text[++this.at])
      if (MARKS.includes(character) || SPACES.includes(character) || character === '#') break;
    return { kind: 'word', text: this.text.slice(start, this.at) };
  }
}
