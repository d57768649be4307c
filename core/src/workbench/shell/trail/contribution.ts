import type { Workbench } from '../../api';
import { EditorTrail } from './editorTrail';

/** Back and forward between editors. Those that keep places of their own go along them first, and come here at their end. */
export function registerEditorTrail({ commands, editors, keybindings, menus }: Workbench): void {
  const trail = new EditorTrail();
  editors.onDidChangeActive((pane) => pane && trail.note(pane.input));
  const step = (by: 1 | -1) => async (): Promise<void> => {
    const input = trail.step(by);
    if (input) await editors.open(input);
  };
  for (const [id, title, keys, by] of [
    ['go.back', 'Back to the Editor before', 'Alt+Left', -1],
    ['go.forward', 'Forward to the Editor after', 'Alt+Right', 1],
  ] as const) {
    commands.register({ id, title, category: 'Go', run: step(by) });
    keybindings.add({ keys, command: id });
    menus.add('go', { command: id, group: '1_editors', order: by });
  }
}
