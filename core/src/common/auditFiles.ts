/** `2026-11-22.jsonl`, then `2026-11-22.1.jsonl` and on: a day's files, each begun when the one before it was full. */
const NAME = /^(\d{4}-\d\d-\d\d)(?:\.(\d+))?\.jsonl$/;

/** Whether a file of the audit log's folder belongs to it. */
export function isAuditFile(name: string): boolean {
  return NAME.test(name);
}

/** Orders names of its files, the oldest first. */
export function byAge(a: string, b: string): number {
  const [dayA, partA] = parts(a);
  const [dayB, partB] = parts(b);
  return dayA === dayB ? partA - partB : dayA < dayB ? -1 : 1;
}

function parts(name: string): [string, number] {
  const [, day = '', part = '0'] = NAME.exec(name) ?? [];
  return [day, Number(part)];
}
