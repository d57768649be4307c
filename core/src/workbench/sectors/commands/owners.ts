import { html, render } from 'lit';
import { formatSize } from '../../../common/text/size';
import { hexOffset } from '../model/offsetFormat';
import type { ByteView } from '../byteView';
import type { Sectors } from '../sectors';

/** Shows the whole way from the device down to the byte at the cursor; each link can be gone to. */
export async function showOwners(sectors: Sectors, editor: ByteView): Promise<void> {
  const { device } = editor.document!;
  const { cursor } = editor.selection;
  const place = { deviceId: device.deviceId, offset: cursor };
  const { chain } = await sectors.workbench.host.request('owner/chain', { ...place, patient: true });
  const volume = chain.find(({ layer }) => layer === 'volume')?.path;
  const items = chain.flatMap((link) => {
    const item = {
      label: link.path ?? link.what,
      description: link.path ? link.what : link.layer,
      detail: `offset ${hexOffset(link.offset)}, ${formatSize(link.length)}`,
      link,
      isFile: false,
    };
    if (link.layer !== 'file' || !volume) return [item];
    return [item, { ...item, icon: 'files', description: 'show it among the files of its volume', detail: volume, isFile: true }];
  });
  const chosen = await sectors.workbench.quickInput.pick(items, {
    placeholder: `What the byte at ${hexOffset(cursor)} belongs to: choose to select it`,
  });
  if (chosen?.isFile) {
    const params = { path: chosen.link.path };
    return void (await sectors.workbench.editors.open({ type: 'files', key: volume!, params }));
  }
  editor.grid?.focus();
  if (chosen) editor.goTo({ offset: chosen.link.offset, length: chosen.link.length });
}

/** Help for the keys of the grid, as plain text. */
export async function showKeys(sectors: Sectors): Promise<void> {
  const rows: [string, string][] = [
    ['Arrows, Page Up, Page Down', 'move by bytes, rows and pages; with Shift they select'],
    ['Home, End', 'first and last byte of the row'],
    ['Ctrl+Home, Ctrl+End', 'first and last byte of the device'],
    ['Ctrl+Up, Ctrl+Down', 'previous and next sector'],
    ['Tab, Shift+Tab', 'from the hex column to the text column and back'],
    ['Digits, letters', 'write over the byte, once editing is unlocked'],
    ['Backspace', 'takes the change of the byte before the cursor back'],
    ['Escape', 'drops the selection'],
  ];
  const body = window.document.createElement('div');
  const { keybindings, commands } = sectors.workbench;
  const bound = commands
    .all()
    .filter(({ id }) => id.startsWith('sectors.'))
    .map(({ id, title }): [string, string] => [keybindings.keysOf(id) ?? '', title])
    .filter(([keys]) => keys !== '');
  render(
    html`<table class="dw-sectors-table">
      <tbody>
        ${[...rows, ...bound].map(
          ([keys, words]) =>
            html`<tr>
              <th scope="row"><kbd>${keys}</kbd></th>
              <td>${words}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
    body,
  );
  await sectors.workbench.dialogs.show({
    title: 'Keys of the sector editor',
    body,
    buttons: [{ label: 'Close', kind: 'primary' }],
  });
}
