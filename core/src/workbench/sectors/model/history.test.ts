import { expect, it } from 'vitest';
import { NavigationHistory } from './history';

it('goes back and forward over jumps, not over steps', () => {
  const history = new NavigationHistory(512);
  history.note(0, true);
  history.note(16, false);
  history.note(100_000, true);
  history.note(100_016, false);
  expect(history.back()).toBe(16);
  expect(history.back()).toBeNull();
  expect(history.forward()).toBe(100_016);
});

it('forgets what lay forward when it goes elsewhere', () => {
  const history = new NavigationHistory(512);
  for (const place of [0, 10_000, 20_000]) history.note(place, true);
  history.back();
  history.note(50_000, true);
  expect(history.canGoForward).toBe(false);
  expect(history.back()).toBe(10_000);
});
