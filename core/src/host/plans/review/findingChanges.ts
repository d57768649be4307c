import type { Finding } from '@diskwright/sdk/protocol';

/** An answer must fit into a message. */
export const MAX_FINDINGS = 128;
const MAX_CHARACTERS = 400;
const MAX_RANGES = 4;

/** Findings of one list that the other has not, by code, message and place; each once. */
export function findingsOnlyIn(findings: readonly Finding[], others: readonly Finding[]): Finding[] {
  const known = new Set(others.map(keyOf));
  const found = new Map(findings.map((finding) => [keyOf(finding), finding]));
  return [...found]
    .filter(([key]) => !known.has(key))
    .slice(0, MAX_FINDINGS)
    .map(([, { message, todo, ranges, ...finding }]) => ({
      ...finding,
      message: message.slice(0, MAX_CHARACTERS),
      ranges: ranges.slice(0, MAX_RANGES),
      ...(todo !== undefined && { todo: todo.slice(0, MAX_CHARACTERS) }),
    }));
}

function keyOf({ code, message, ranges }: Finding): string {
  return JSON.stringify([code, message, ranges.map(({ offset, length }) => [offset, length])]);
}
