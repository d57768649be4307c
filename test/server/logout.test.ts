/** After a log out nothing that was given out before opens anything. */
import { expect, test } from 'vitest';
import { bytesPath, CloseCode, LOGOUT_PATH } from '../../core/src/common/workbench/endpoints';
import { startWorkbench } from '../support/workbench';

test('an old window is refused everywhere, and a new address is printed', async () => {
  const workbench = await startWorkbench();
  const page = await workbench.connect();
  const other = await workbench.connect();
  const answer = await workbench.fetch(LOGOUT_PATH, { method: 'POST' });
  expect(answer.status).toBe(204);
  expect(answer.headers.get('set-cookie')).toMatch(/^diskwright-\d+=;.*Expires=Thu, 01 Jan 1970/);
  expect((await page.closed).code).toBe(CloseCode.LoggedOut);
  expect((await other.closed).code).toBe(CloseCode.LoggedOut);

  for (const path of ['/', '/main.js', bytesPath('device-1', 0, 512)]) expect((await workbench.fetch(path)).status).toBe(401);
  expect((await workbench.fetch(LOGOUT_PATH, { method: 'POST' })).status).toBe(401);
  expect((await fetch(workbench.url, { redirect: 'manual' })).status).toBe(401);
  await expect(workbench.connect()).rejects.toThrow('401');

  const { url } = JSON.parse(await workbench.nextLine()) as { url: string };
  expect(url).not.toBe(workbench.url);
  expect((await fetch(url, { redirect: 'manual' })).status).toBe(303);
});
