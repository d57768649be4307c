/** What a window shows of a device does not keep it, and another one under its name is shown for what it is. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeLab } from '../support/lab';
import { attachLoop, backingOf } from '../support/loopDevice';
import { openPage } from '../support/page';
import { bytes, eventually, goTo } from '../support/journey';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireRoot, requireTool } from '../support/tools';
import { waitFor } from '../support/waitFor';
import { startWorkbench } from '../support/workbench';

test(
  'a loop device is detached while its editors are open, and what is attached next is shown anew',
  { tags: ['alone'], timeout: 120_000 },
  async () => {
    requireRoot();
    requireTool('losetup');
    const home = join(await scratchFolder(), 'home');
    const { disk, smaller } = await makeLab(join(home, 'lab'));
    const device = await attachLoop(disk);
    const workbench = await startWorkbench({ home });
    const { page, errors } = await openPage(workbench.url);
    page.setDefaultTimeout(15_000);
    await page.getByRole('menubar').waitFor();
    const open = (command: string): Promise<unknown> =>
      page.evaluate(
        (body) => fetch('/api/run', { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
        JSON.stringify({ command, args: { path: device } }),
      );
    await expect
      .poll(() => open('devices.openLayout').then(() => page.getByRole('listbox', { name: /^Map of/ }).count()), {
        timeout: 15_000,
      })
      .toBeGreaterThan(0);
    await open('devices.openSectors');
    await bytes(page).waitFor();
    const announced = (): Promise<string | null> =>
      page.locator('.dw-sectors-mirror [aria-selected="true"]').getAttribute('aria-label');
    await goTo(page, '0x200');
    await eventually(announced).toMatch(/^offset 200, 45 hex/);

    await must('losetup', '--detach', device);
    await waitFor(async () => (await backingOf(device)) === null, 'the kernel has let go of the file');
    await must('losetup', device, smaller);
    await goTo(page, '0x2000000');
    // It begins anew where it began.
    await eventually(announced).toMatch(/^offset 0, 00 hex/);
    await goTo(page, '0x200');
    await eventually(announced).toMatch(/^offset 200, 00 hex/);
    // The browser tells of the reading that was refused.
    expect(errors.filter((error) => !error.includes('Failed to load resource'))).toEqual([]);
  },
);
