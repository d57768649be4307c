import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseWhen, WhenSyntaxError, type WhenValue } from './index';

const KEYS: Record<string, WhenValue> = {
  editor: 'sectors',
  readOnly: true,
  dirty: false,
  count: 3,
  path: '/dev/sda',
  kinds: 'ext4, fat32,ntfs',
  kind: 'fat32',
  empty: '',
  nothing: null,
};
const holds = (clause: string): boolean => parseWhen(clause).evaluate((key) => KEYS[key]);

test.each([
  ['', true],
  ['  ', true],
  ['readOnly', true],
  ['!readOnly', false],
  ['!!readOnly', true],
  ['unknown', false],
  ['editor == sectors', true],
  ["editor == 'sectors'", true],
  ['editor != layout', true],
  ['unknown != layout', true],
  ['nothing == null', false],
  ['readOnly == true', true],
  ['dirty == false', true],
  ['unknown == false', true],
  ['count == 3', true],
  ['count > 2 && count <= 3', true],
  ['count < 3', false],
  ['empty >= 0', false],
  ['path =~ /^\\/dev\\/sd[a-z]$/', true],
  ['path =~ /DEV/i', true],
  ['path =~ /[/]x/', false],
  ['kind in kinds', true],
  ['editor not in kinds', true],
  ['dirty && readOnly || count == 3', true],
  ['dirty && (readOnly || count == 3)', false],
  ['true', true],
  ['!false', true],
])('%s is %s', (clause, expected) => {
  expect(holds(clause)).toBe(expected);
});

test.each([
  ['editor ==', 9, /expected a value, found the end/],
  ['&& a', 0, /expected a context key/],
  ['(a', 2, /expected "\)"/],
  ['a b', 2, /expected the end, && or \|\|, found "b"/],
  ["a == 'x", 5, /closing quote/],
  ['a =~ x', 5, /between slashes/],
  ['a =~ /x', 5, /closing slash/],
  ['a =~ /(/', 5, /Unterminated group/],
  ['a =~ /(a+)+$/', 5, /repeats a group/],
  ['a > b', 4, /is not a number/],
  ['a not b', 6, /expected "in"/],
  ['a & b', 2, /unexpected "&"/],
])('%s is wrong at %i', (clause, position, message) => {
  const error = (() => {
    try {
      parseWhen(clause);
    } catch (thrown) {
      return thrown as WhenSyntaxError;
    }
  })();
  expect(error).toBeInstanceOf(WhenSyntaxError);
  expect(error).toMatchObject({ position, message: expect.stringMatching(message) as string });
});

test('nesting and length are bounded', () => {
  expect(() => parseWhen('!'.repeat(100) + 'a')).toThrow(/nested deeper/);
  expect(() => parseWhen('a'.repeat(5000))).toThrow(/longer than/);
});

test('any text is read or refused with a position inside it', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-c!&|=<>()'"~/\s\\[\]*+in not0-9]{0,40}$/), (clause) => {
      try {
        parseWhen(clause).evaluate(() => undefined);
      } catch (error) {
        expect(error).toBeInstanceOf(WhenSyntaxError);
        expect((error as WhenSyntaxError).position).toBeLessThanOrEqual(clause.length);
      }
    }),
    { numRuns: 500 },
  );
});

/** Random expressions with their value by JavaScript itself. */
const expressions = fc.letrec<{ expression: [string, boolean] }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<[string, boolean]>(['readOnly', true], ['dirty', false], ['count == 3', true], ['editor == layout', false]),
    tie('expression').map(([text, value]): [string, boolean] => [`!(${text})`, !value]),
    fc.tuple(tie('expression'), tie('expression')).map(([[a, x], [b, y]]): [string, boolean] => [`(${a}) && (${b})`, x && y]),
    fc.tuple(tie('expression'), tie('expression')).map(([[a, x], [b, y]]): [string, boolean] => [`(${a}) || (${b})`, x || y]),
  ),
})).expression;

test('clauses mean what the same expression means in JavaScript', () => {
  fc.assert(fc.property(expressions, ([clause, expected]) => holds(clause) === expected));
});
