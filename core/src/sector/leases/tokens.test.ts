import { expect, test } from 'vitest';
import { Tokens } from './tokens';

test('a token stands for its value once', () => {
  const tokens = new Tokens<string>();
  const token = tokens.issue('value')!;
  expect(token).toMatch(/^[0-9a-f]{64}$/);
  expect(tokens.redeem(token)).toBe('value');
  expect(tokens.redeem(token)).toBeNull();
});

test('what was revoked is void', () => {
  const tokens = new Tokens<string>();
  const [a, b] = [tokens.issue('a')!, tokens.issue('b')!];
  tokens.revoke((value) => value === 'a');
  expect(tokens.redeem(a)).toBeNull();
  expect(tokens.redeem(b)).toBe('b');
});

test('there are no more than 4096 unused ones', () => {
  const tokens = new Tokens<number>();
  for (let count = 0; count < 4096; count++) tokens.issue(count);
  expect(tokens.issue(0)).toBeNull();
  tokens.revoke(() => true);
  expect(tokens.issue(0)).not.toBeNull();
});
