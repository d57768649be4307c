import type { EditorPane, Workbench } from '../api';
import { targetOfEditor } from './deviceTarget';

/** Editors that show a device. */
export const editorsOf = ({ editors }: Workbench, path: string): EditorPane[] =>
  editors.all().filter((pane) => targetOfEditor(pane)?.path === path);

/**
 * Deletes an overlay and closes what shows it; one with changes that are not saved asks first, and keeps the overlay when it is to stay.
 * @returns whether it is gone
 * @throws as `overlays/remove`; the other editors stay then
 */
export async function removeOverlay(workbench: Workbench, name: string): Promise<boolean> {
  const { editors, host } = workbench;
  for (const pane of editorsOf(workbench, name)) {
    if ((pane.unsaved?.() ?? null) !== null && !(await editors.close(pane))) return false;
  }
  await host.request('overlays/remove', { name });
  for (const pane of editorsOf(workbench, name)) await editors.close(pane);
  return true;
}
