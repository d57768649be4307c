import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { OverlayEntry } from '../../common/workbench';
import { isTemporaryOverlay } from '../plans/temporaryOverlays';

/** What of an overlay's document is shown; the sector service writes and checks all of it. */
interface OverlayDocument {
  base: string;
  devices: { name: string; path: string; identity: { size: number } }[];
}

/** The overlays of the data folder, the newest first. One whose document cannot be read is left out: it is no device. */
export async function listOverlays(dataFolder: string): Promise<OverlayEntry[]> {
  const folder = join(dataFolder, 'overlays');
  const names = await readdir(folder).catch((): string[] => []);
  const shown = names.filter((name) => !isTemporaryOverlay(name));
  const entries = await Promise.all(shown.map((name) => readOverlay(folder, name)));
  return entries.flatMap((entry) => entry ?? []).sort((a, b) => b.createdAt.localeCompare(a.createdAt));
}

async function readOverlay(folder: string, name: string): Promise<OverlayEntry | null> {
  const file = join(folder, name, 'overlay.json');
  try {
    const document = JSON.parse(await readFile(file, 'utf8')) as OverlayDocument;
    const base = document.devices.find((device) => device.name === document.base);
    if (!base) return null;
    const { mtime } = await stat(file);
    return { name, base: base.path, createdAt: mtime.toISOString(), size: base.identity.size };
  } catch {
    return null;
  }
}
