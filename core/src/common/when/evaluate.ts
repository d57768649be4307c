import { MATCHED_CHARACTERS } from './regularExpression';

export type WhenValue = string | number | boolean | null | undefined;
type ValueOf = (key: string) => WhenValue;

/** A clause that was read. */
export interface WhenClause {
  /** The context keys that it depends on. */
  readonly keys: ReadonlySet<string>;
  evaluate(valueOf: ValueOf): boolean;
}

export type Expression =
  | { kind: 'constant'; value: boolean }
  | { kind: 'key'; key: string }
  | { kind: 'not'; of: Expression }
  | { kind: 'and' | 'or'; of: Expression[] }
  | { kind: 'equals'; key: string; value: string | boolean }
  | { kind: 'compare'; key: string; operator: '<' | '<=' | '>' | '>='; value: number }
  | { kind: 'match'; key: string; regex: RegExp }
  | { kind: 'in'; key: string; list: string };

/** Whether an expression holds. */
export function evaluate(expression: Expression, valueOf: ValueOf): boolean {
  switch (expression.kind) {
    case 'constant':
      return expression.value;
    case 'key':
      return Boolean(valueOf(expression.key));
    case 'not':
      return !evaluate(expression.of, valueOf);
    case 'and':
      return expression.of.every((part) => evaluate(part, valueOf));
    case 'or':
      return expression.of.some((part) => evaluate(part, valueOf));
    case 'equals':
      return equals(valueOf(expression.key), expression.value);
    case 'compare':
      return compare(valueOf(expression.key), expression.operator, expression.value);
    case 'match':
      return expression.regex.test(String(valueOf(expression.key) ?? '').slice(0, MATCHED_CHARACTERS));
    case 'in':
      return isListed(valueOf(expression.key), valueOf(expression.list));
  }
}

function equals(actual: WhenValue, expected: string | boolean): boolean {
  if (typeof expected === 'boolean') return Boolean(actual) === expected;
  return actual !== null && actual !== undefined && String(actual) === expected;
}

function compare(actual: WhenValue, operator: '<' | '<=' | '>' | '>=', limit: number): boolean {
  if (typeof actual !== 'number' && (typeof actual !== 'string' || actual.trim() === '')) return false;
  const value = Number(actual);
  if (operator === '<') return value < limit;
  if (operator === '<=') return value <= limit;
  return operator === '>' ? value > limit : value >= limit;
}

/** A list is a text whose parts are separated by commas. */
function isListed(value: WhenValue, list: WhenValue): boolean {
  if (value === null || value === undefined || typeof list !== 'string') return false;
  return list.split(',').some((part) => part.trim() === String(value));
}
