import { applyEdits, createScanner, type Edit, type Node, parseTree } from 'jsonc-parser';

/** Options for texts as people write them: comments, and a comma after the last one. */
export const JSONC_OPTIONS = { allowTrailingComma: true, disallowComments: false };

/**
 * The text of an object with one property added at its end or changed in its place, indented as the rest of it is. Not by the library's own `modify`, which
 * moves comments from one property to another.
 * @param text a JSON object, with comments or without
 */
export function withProperty(text: string, key: string, value: unknown): string {
  const root = parseTree(text, [], JSONC_OPTIONS)!;
  const properties = root.children ?? [];
  const { indent, eol } = formOf(text);
  const written = JSON.stringify(value, null, indent).replaceAll('\n', eol + indent);
  const known = properties.findLast(({ children }) => children?.[0]?.value === key)?.children?.[1];
  if (known) return applyEdits(text, [{ offset: known.offset, length: known.length, content: written }]);
  const property = `${JSON.stringify(key)}: ${written}`;
  const last = properties.at(-1);
  const brace = endOf(root) - 1;
  const lineStart = text.lastIndexOf('\n', brace) + 1;
  const standsAlone = lineStart > root.offset && text.slice(lineStart, brace).trim() === '';
  const comma = last && commaAfter(text, endOf(last)) === null ? [insertion(endOf(last), ',')] : [];
  if (standsAlone) return applyEdits(text, [...comma, insertion(lineStart, indent + property + eol)]);
  if (last) return applyEdits(text, [insertion(commaAfter(text, endOf(last)) ?? endOf(last), `, ${property}`)]);
  return applyEdits(text, [insertion(brace, eol + indent + property + eol)]);
}

/**
 * The text of an object without a property; with its whole line where nothing else stands there.
 */
export function withoutProperty(text: string, key: string): string {
  const properties = parseTree(text, [], JSONC_OPTIONS)?.children ?? [];
  const index = properties.findLastIndex(({ children }) => children?.[0]?.value === key);
  const property = properties[index];
  if (!property) return text;
  const comma = commaAfter(text, endOf(property));
  const edits: Edit[] = [withItsLine(text, property.offset, comma === null ? endOf(property) : comma + 1)];
  const before = properties[index - 1];
  const commaBefore = comma === null && before ? commaAfter(text, endOf(before)) : null;
  if (commaBefore !== null) edits.unshift({ offset: commaBefore, length: 1, content: '' });
  return withoutProperty(applyEdits(text, edits), key);
}

const endOf = ({ offset, length }: Node): number => offset + length;

/** Where the comma stands that comes next, comments aside; null when something else comes. */
function commaAfter(text: string, offset: number): number | null {
  const scanner = createScanner(text, true);
  scanner.setPosition(offset);
  scanner.scan();
  const next = scanner.getTokenOffset();
  return text[next] === ',' ? next : null;
}

function withItsLine(text: string, start: number, end: number): Edit {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const rest = /^[ \t]*(\r?\n)?/.exec(text.slice(end))!;
  const alone = lineStart > 0 && text.slice(lineStart, start).trim() === '' && rest[1] !== undefined;
  const offset = alone ? lineStart : start;
  return {
    offset,
    length: (alone ? end + rest[0].length : end + (rest[1] === undefined ? rest[0].length : 0)) - offset,
    content: '',
  };
}

/** Indentation and ends of lines as they are in the text. */
function formOf(text: string): { indent: string; eol: string } {
  return { indent: /^([ \t]+)["/]/m.exec(text)?.[1] ?? '  ', eol: text.includes('\r\n') ? '\r\n' : '\n' };
}

const insertion = (offset: number, content: string): Edit => ({ offset, length: 0, content });
