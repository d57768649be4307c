import { html, render } from 'lit';
import type { Workbench } from '../../api';

/** What the page is made of, and under which terms. */
const PARTS: readonly [name: string, terms: string][] = [
  ['Codicons by Microsoft', 'CC BY 4.0'],
  ['Lumino by the Jupyter project', 'BSD-3-Clause'],
  ['Lit by Google', 'BSD-3-Clause'],
  ['Monaco Editor by Microsoft', 'MIT'],
  ['vscode-jsonrpc and jsonc-parser by Microsoft', 'MIT'],
  ['VSCode Elements by Bence Andor', 'MIT'],
];

/** `Help: About`. */
export async function showAbout({ commands, host, dialogs }: Workbench): Promise<void> {
  const { version, dataFolder, root } = await host.request('workbench/hello', {});
  const body = document.createElement('div');
  render(
    html`<p>Diskwright ${version}, licensed under Apache-2.0.</p>
      <p>Data folder: ${dataFolder}</p>
      <p>
        ${root ? 'Runs with the rights of the administrator.' : 'Runs with your rights: disks of the system need the administrator.'}
      </p>
      <p>This window is made, among others, with:</p>
      <ul>
        ${PARTS.map(([name, terms]) => html`<li>${name} (${terms})</li>`)}
      </ul>`,
    body,
  );
  const buttons = [{ label: 'Close', kind: 'primary' as const }, { label: 'Show all licences' }];
  if ((await dialogs.show({ title: 'About Diskwright', body, buttons })) === 1) await commands.run('help.licences');
}

const TOPICS: readonly [title: string, text: string][] = [
  ['Moving about', 'F6 and Shift+F6 go from one part of the window to the next. Alt or F10 goes to the menu bar, Escape back.'],
  [
    'Finding what can be done',
    'Every action is a command: Ctrl+Shift+P lists them with their keys. Ctrl+P goes to devices and open editors; typing "view " there, to views; ? lists what else can be typed.',
  ],
  [
    'Lists, trees and tables',
    'Arrow keys, Home, End, Page Up and Page Down move; typing goes to what begins so; Enter opens; Shift+F10 opens the context menu. Columns of a table: Enter on a heading sorts, Shift+Left and Shift+Right change its width.',
  ],
  [
    'Editors',
    'Ctrl+Page Up and Ctrl+Page Down, or in a browser tab Alt with them, go from editor to editor; Ctrl+K Ctrl+E lists them. Ctrl+\\ moves one into a split.',
  ],
  [
    'Sizes',
    'The lines between the parts take the focus by Tab: arrow keys move them, with Shift by single pixels, Enter puts them back.',
  ],
  ['Pictures', 'Each map of a disk has a table with the same content beside it.'],
  ['Notifications', 'They are read out as they come. The bell at the right of the status bar, or Ctrl+K N, lists them all.'],
  ['Look', 'Preferences: Colour Theme offers two themes of high contrast. workbench.reduceMotion stops what moves.'],
];

/** `Help: Accessibility Help`. */
export async function showAccessibilityHelp({ dialogs }: Workbench): Promise<void> {
  const body = document.createElement('div');
  body.tabIndex = 0;
  render(
    html`${TOPICS.map(
      ([title, text]) =>
        html`<h3>${title}</h3>
          <p>${text}</p>`,
    )}`,
    body,
  );
  await dialogs.show({ title: 'Accessibility help', body, buttons: [{ label: 'Close', kind: 'primary' }] });
}
