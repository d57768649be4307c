import { expect, test, vi } from 'vitest';
import type { SettingsService } from '../../api';
import { exactSizeText, followSizeSetting, formatDecimalSize, onDidChangeSizes, sizeText } from './sizeText';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [1_500_000, '1.5 MB'],
  [999_999, '1.0 MB'],
  [2_000_398_934_016, '2.0 TB'],
])('%i bytes', (bytes, expected) => {
  expect(formatDecimalSize(bytes)).toBe(expected);
});

test('exact sizes are set in thousands', () => {
  expect(exactSizeText(1572864)).toBe('1.5 MiB (1\u202f572\u202f864 bytes)');
  expect(exactSizeText(512)).toBe('512 bytes');
  expect(exactSizeText(1)).toBe('1 byte');
});

test('sizes follow the setting, and who shows some hears of it', () => {
  let value = 'binary';
  let change = (): void => undefined;
  const onDidChange: SettingsService['onDidChange'] = (listener) => {
    change = () => listener(undefined as never);
    return { dispose: () => undefined };
  };
  followSizeSetting({ get: () => value, onDidChange } as unknown as SettingsService);
  const heard = vi.fn();
  const subscription = onDidChangeSizes(heard);
  value = 'decimal';
  change();
  expect(sizeText(1_500_000)).toBe('1.5 MB');
  value = 'binary';
  change();
  expect(sizeText(1_500_000)).toBe('1.4 MiB');
  expect(heard).toHaveBeenCalledTimes(2);
  subscription.dispose();
});
