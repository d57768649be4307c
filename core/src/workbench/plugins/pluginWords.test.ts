import { expect, test } from 'vitest';
import { canBeEnabled, capabilityWords, pluginState } from './pluginWords';

test('a plugin that was disabled by its crashes is told from one that was turned off', () => {
  expect(pluginState({ state: 'disabled', enabled: false, crashes: 0 }).text).toBe('Disabled');
  expect(pluginState({ state: 'disabled', enabled: true, crashes: 3 })).toMatchObject({
    text: 'Disabled after crashes',
    meaning: 'It crashed 3 times and was disabled. Enable it to try it again.',
  });
});

test('a broken plugin cannot be turned on', () => {
  expect([canBeEnabled({ state: 'invalid' }), canBeEnabled({ state: 'disabled' })]).toEqual([false, true]);
});

test('capabilities are said in plain words', () => {
  expect(capabilityWords('device.read')?.text).toBe('Read devices');
  expect(capabilityWords('exec:resize2fs')?.text).toBe('Run resize2fs');
  expect(capabilityWords('files.write:picked')?.text).toBe('Write files (picked)');
  expect(capabilityWords('moon')).toBeNull();
});
