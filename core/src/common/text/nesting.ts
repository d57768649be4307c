import { createScanner } from 'jsonc-parser';

/** Deeper than anything that people write, and far less than what parsers that call themselves survive. */
export const MAX_NESTING = 100;

/** Where a JSON text with comments opens more than {@link MAX_NESTING} objects and lists within each other; null when it does not. */
export function nestedTooDeepAt(text: string): number | null {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (scanner.scan(); scanner.getTokenOffset() < text.length; scanner.scan()) {
    const offset = scanner.getTokenOffset();
    const first = text[offset];
    if (first === '{' || first === '[') depth++;
    else if (first === '}' || first === ']') depth--;
    if (depth > MAX_NESTING) return offset;
  }
  return null;
}
