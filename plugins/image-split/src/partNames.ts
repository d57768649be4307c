const DIGITS = /^(.*\.)(\d{2,})$/s;
const LETTERS = /^(.*\.)([a-z]{2,})$/s;

/**
 * The names that the part behind this one may have, the likelier first: `disk.002` of `disk.001`, `disk.ab` of `disk.aa`. Where two letters do not
 * do, GNU's `split` goes on with four from "zaaa" on, so that the names keep their order.
 */
export function nextNames(name: string): string[] {
  const digits = DIGITS.exec(name);
  if (digits) return [digits[1]! + String(Number(digits[2]) + 1).padStart(digits[2]!.length, '0')];
  const letters = LETTERS.exec(name);
  if (!letters) return [];
  const [, stem, suffix] = letters as unknown as [string, string, string];
  const next = incremented(suffix);
  if (next === null) return [];
  const longer = /^yz+$/.test(suffix) ? [`z${'a'.repeat(suffix.length + 1)}`] : [];
  return [next, ...longer].map((each) => stem + each);
}

/** Null behind the last of this length. */
function incremented(letters: string): string | null {
  const tail = /z*$/.exec(letters)![0];
  const head = letters.slice(0, letters.length - tail.length);
  if (head === '') return null;
  return head.slice(0, -1) + String.fromCharCode(head.charCodeAt(head.length - 1) + 1) + 'a'.repeat(tail.length);
}
