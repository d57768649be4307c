/** What tests do in the workbench's page as a user does. */
import type { Page } from 'playwright-core';

/** A row of the devices view. */
export const deviceRow = (page: Page, text: string | RegExp) =>
  page.getByRole('tree', { name: 'Devices' }).getByRole('treeitem').filter({ hasText: text });

/** Opens a device by its name through the command of that, with keys alone; its layout is shown then. */
export async function openByName(page: Page, name: string): Promise<void> {
  await page.getByRole('tree', { name: 'Devices' }).waitFor();
  await page.keyboard.press('Control+Shift+O');
  await page.getByPlaceholder(/disk\.img/).fill(name);
  await page.keyboard.press('Enter');
  await page.locator('dw-layout-editor').getByRole('grid').waitFor();
}
