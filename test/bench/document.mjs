// docs/performance.md, whose parts are measured by different benches: a part begins with its title, a line `# …`.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Puts a part into the document, in the place of the one with its title or behind the others. */
export function writePart(path, part) {
  const parts = existsSync(path) ? readFileSync(path, 'utf8').split(/^(?=# )/m) : [];
  const titleOf = (text) => text.slice(0, text.indexOf('\n'));
  const index = parts.findIndex((each) => titleOf(each) === titleOf(part));
  parts.splice(index < 0 ? parts.length : index, 1, part);
  writeFileSync(path, parts.map((each) => `${each.trim()}\n`).join('\n'));
}
