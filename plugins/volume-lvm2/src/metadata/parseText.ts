import { type Token, TextScanner } from './textScanner';

export type Scalar = number | string;
export type Value = Scalar | readonly Scalar[];

/** `name { … }`: what is in it, in the order of the text. */
export interface Section {
  values: Map<string, Value>;
  sections: Map<string, Section>;
}

/** Metadata go four deep. */
const MAX_DEPTH = 16;

/**
 * LVM2's configuration grammar: entries `name = value` and `name { entries }`; a value is a number, a text or a list of these in brackets.
 * @throws DamagedStructureError for anything else, and for an entry that is there twice
 */
export function parseText(text: string): Section {
  const scanner = new TextScanner(text);
  return parseEntries(scanner, 0);
}

/** Up to the end of the section, or of the text at depth 0. */
function parseEntries(scanner: TextScanner, depth: number): Section {
  if (depth > MAX_DEPTH) scanner.fail(`more than ${MAX_DEPTH} sections in each other`);
  const section: Section = { values: new Map(), sections: new Map() };
  for (let token = scanner.next(); !endsSection(token, depth); token = scanner.next()) {
    if (token.kind !== 'word' && token.kind !== 'text') scanner.fail('a name is missing');
    const name = token.text;
    if (section.values.has(name) || section.sections.has(name)) scanner.fail(`"${name}" is there twice`);
    const mark = scanner.next();
    if (isMark(mark, '{')) section.sections.set(name, parseEntries(scanner, depth + 1));
    else if (isMark(mark, '=')) section.values.set(name, parseValue(scanner));
    else scanner.fail(`"${name}" has no value`);
  }
  return section;
}

function endsSection(token: Token, depth: number): boolean {
  return depth === 0 ? token.kind === 'end' : isMark(token, '}');
}

function parseValue(scanner: TextScanner): Value {
  const token = scanner.next();
  if (!isMark(token, '[')) return parseScalar(token, scanner);
  const list: Scalar[] = [];
  // Commas between values may be missing, and one may follow the last.
  for (let each = scanner.next(); !isMark(each, ']'); each = scanner.next()) {
    if (isMark(each, ',') && list.length > 0) continue;
    list.push(parseScalar(each, scanner));
  }
  return list;
}

function parseScalar({ kind, text }: Token, scanner: TextScanner): Scalar {
  if (kind === 'text') return text;
  if (kind !== 'word') scanner.fail('a value is missing');
  return /^[+-]?(\d+|\d*\.\d+|\d+\.)$/.test(text) ? Number(text) : text;
}

function isMark({ kind, text }: Token, mark: string): boolean {
  return kind === 'mark' && text === mark;
}
