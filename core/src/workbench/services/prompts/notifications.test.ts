import { afterEach, expect, test, vi } from 'vitest';
import { CancelledError, FailedError } from '@diskwright/sdk/errors';
import type { SettingsService } from '../../api';
import { Notifications } from './notifications';

afterEach(() => void vi.useRealTimers());
const settings = { get: () => 5 } as unknown as SettingsService;
const create = (): Notifications => new Notifications(() => settings);

test('what is only told goes after the seconds of the setting, and stays in the centre', () => {
  vi.useFakeTimers();
  const notifications = create();
  notifications.info('Saved.');
  vi.advanceTimersByTime(4999);
  expect(notifications.all()).toMatchObject([{ toast: true }]);
  vi.advanceTimersByTime(1);
  expect(notifications.all()).toMatchObject([{ toast: false, message: 'Saved.' }]);
});

test('the same error again is one notification; a cancellation is none', () => {
  const notifications = create();
  notifications.error(new FailedError('the disk is busy', { todo: 'Wait.' }));
  notifications.error(new FailedError('the disk is busy', { todo: 'Wait.' }));
  notifications.error(new CancelledError());
  expect(notifications.all()).toMatchObject([{ message: 'The disk is busy.', detail: ['Wait.'] }]);
});

test('progress is shown as long as the task runs, and its Cancel aborts it', async () => {
  const notifications = create();
  const task = notifications.progress('Copying', (report, signal) => {
    report({ text: 'half', fraction: 0.5 });
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new CancelledError())));
  });
  const notice = notifications.all()[0]!;
  expect(notice).toMatchObject({ severity: 'progress', message: 'Copying', progress: { text: 'half', fraction: 0.5 } });
  notice.cancel!();
  await expect(task).rejects.toThrow(CancelledError);
  expect(notifications.all()).toEqual([]);
});
