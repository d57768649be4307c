/** One suite for both windows. Electron's runs wherever its binary is, and is skipped by name where it is not: it cannot be had everywhere. */
import { beforeEach, describe, expect, test } from 'vitest';
import { bytes, deviceTree, labHome, map, openDevice, openSectors } from '../support/journey';
import { launchers } from '../support/launchers';
import { startWorkbench } from '../support/workbench';

describe.each(launchers)('the workbench in $name', ({ lack, open }) => {
  beforeEach((context) => {
    if (lack) context.skip(lack);
  });

  test('shows the layout and the sectors of a disk', async () => {
    const { home, disk } = await labHome();
    const page = await open(await startWorkbench({ home }));
    await deviceTree(page).waitFor();
    await openDevice(page, disk);
    await map(page)
      .getByRole('option', { name: /photos/ })
      .waitFor();
    await openSectors(page);
    await bytes(page).waitFor();
  });

  test('opens what the native menu asks for', async () => {
    const { home, disk } = await labHome();
    const workbench = await startWorkbench({ home });
    const page = await open(workbench);
    await deviceTree(page).waitFor();
    await workbench.fetch('/api/run', {
      method: 'POST',
      headers: { authorization: `Bearer ${workbench.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ command: 'devices.openLayout', args: { path: disk } }),
    });
    await map(page)
      .getByRole('option', { name: /photos/ })
      .waitFor();
  });

  test('gives the page nothing of Node or Electron', async () => {
    const page = await open(await startWorkbench());
    await deviceTree(page).waitFor();
    const found = await page.evaluate(() =>
      ['require', 'process', 'module', 'electron', 'Buffer'].filter((name) => name in window),
    );
    expect(found).toEqual([]);
  });

  test('loads nothing from elsewhere', async () => {
    const page = await open(await startWorkbench());
    await deviceTree(page).waitFor();
    const answer = await page.evaluate(() =>
      fetch('https://example.org/').then(
        () => 'loaded',
        () => 'refused',
      ),
    );
    expect(answer).toBe('refused');
  });
});
