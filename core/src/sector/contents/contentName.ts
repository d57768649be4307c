import { access } from 'node:fs/promises';

/** Whether a device's name is that of a file in a volume, `DEVICE#N:/path`, and not that of a file beside us that is called so. */
export async function isContentName(name: string): Promise<boolean> {
  if (!/#\d{1,9}:\//.test(name)) return false;
  return access(name).then(
    () => false,
    () => true,
  );
}
