import type { ByteRange } from '@diskwright/sdk/protocol';
import type { Command, Workbench } from '../../api';
import { pickDevice } from '../../widgets/devicePicker/pickDevice';
import { DiffEditor, type DiffParams } from '../diff/diffEditor';
import { settingKeys } from '../editor/settings';
import type { ByteView } from '../byteView';
import { offsetFormats } from '../model/offsetFormat';
import type { SearchView } from '../search/searchView';
import type { SectorParams, Sectors } from '../sectors';
import { addBookmarks } from './addBookmarks';
import { exportBookmarks, goToBookmark, toggleBookmark } from './bookmarkCommands';
import { copySelection, copySelectionAs, pasteBytes, showAsText } from './clipboard';
import { askAndFill } from './fill';
import { askAndGo } from './goTo';
import { toggleLock } from './lock';
import { showKeys, showOwners } from './owners';
import { confirmDevice, readAgain } from './readAgain';
import { askAndSelect } from './selectRange';
import { goToStructure, selectSector, selectStructure } from './structureCommands';

type Entry = [id: string, title: string, keys: string | null, run: (editor: ByteView) => unknown, icon?: string];

const focus = 'sectorsFocus';

/** Commands that need an editor with a device in it. */
function editorCommands(sectors: Sectors, searchView: () => SearchView): Entry[] {
  const edits = (editor: ByteView, change: () => ByteRange | null | void): void => {
    const changed = change();
    editor.document!.editsChanged();
    if (changed) editor.grid?.select(changed, { jump: false, centre: false });
  };
  return [
    ['goTo', 'Go to Offset…', 'Ctrl+G', (editor) => askAndGo(sectors, editor), 'target'],
    ['goBack', 'Go Back', 'Alt+Left', (editor) => editor.goBack(), 'arrow-left'],
    ['goForward', 'Go Forward', 'Alt+Right', (editor) => editor.goForward(), 'arrow-right'],
    [
      'selectAll',
      'Select All',
      'Ctrl+A',
      (editor) => editor.grid?.select({ offset: 0, length: editor.document!.device.size }, { centre: false }),
    ],
    ['selectSector', 'Select Sector', 'Ctrl+L', selectSector],
    ['selectStructure', 'Select Field or Structure', 'Ctrl+Shift+L', (editor) => selectStructure(sectors, editor)],
    ['selectRange', 'Select Range…', 'Ctrl+Shift+A', (editor) => askAndSelect(sectors, editor)],
    ['copy', 'Copy', 'Ctrl+C', (editor) => copySelection(sectors, editor), 'copy'],
    ['copyAs', 'Copy As…', 'Ctrl+Alt+C', (editor) => copySelectionAs(sectors, editor)],
    ['paste', 'Paste Over Bytes', null, (editor) => pasteBytes(sectors, editor)],
    ['fill', 'Fill Selection…', null, (editor) => askAndFill(sectors, editor)],
    ['nextStructure', 'Go to Next Structure', 'Alt+Down', (editor) => goToStructure(sectors, editor, 'next')],
    ['previousStructure', 'Go to Previous Structure', 'Alt+Up', (editor) => goToStructure(sectors, editor, 'previous')],
    ['toggleBookmark', 'Bookmark or Remove Bookmark', 'Ctrl+F2', (editor) => toggleBookmark(sectors, editor), 'bookmark'],
    ['nextBookmark', 'Go to Next Bookmark', 'F2', (editor) => goToBookmark(sectors, editor, 'next')],
    ['previousBookmark', 'Go to Previous Bookmark', 'Shift+F2', (editor) => goToBookmark(sectors, editor, 'previous')],
    ['exportBookmarks', 'Copy Bookmarks as JSON', null, (editor) => exportBookmarks(sectors, editor)],
    ['addBookmarks', 'Add Bookmarks from JSON…', null, (editor) => addBookmarks(sectors, editor)],
    ['toggleLock', 'Lock or Unlock Editing…', null, (editor) => toggleLock(sectors, editor.document!), 'lock'],
    ['undo', 'Undo Change of Bytes', 'Ctrl+Z', (editor) => edits(editor, () => editor.document!.edits.undo())],
    ['redo', 'Redo Change of Bytes', 'Ctrl+Y', (editor) => edits(editor, () => editor.document!.edits.redo())],
    [
      'revertSelection',
      'Revert Changes in Selection',
      null,
      (editor) => edits(editor, () => editor.document!.edits.revert(editor.range.offset, editor.range.length)),
    ],
    ['revertAll', 'Revert All Changes', null, (editor) => edits(editor, () => editor.document!.edits.revertAll())],
    ['reviewChanges', 'Review Changes…', 'Ctrl+Enter', (editor) => reviewChanges(sectors, editor), 'git-pull-request'],
    ['showAsText', 'Show Visible Bytes as Text', 'Alt+F2', (editor) => showAsText(sectors, editor)],
    ['showOwners', 'Show What the Byte Belongs To', 'Ctrl+Alt+F', (editor) => showOwners(sectors, editor)],
    ['find', 'Search…', 'Ctrl+F', () => searchView().focusPattern(), 'search'],
    ['findNext', 'Go to Next Hit', null, () => searchView().next(1)],
    ['findPrevious', 'Go to Previous Hit', null, () => searchView().next(-1)],
    ['readAgain', 'Read Again', 'Ctrl+Alt+R', (editor) => readAgain(sectors, editor), 'refresh'],
    ['cancelReading', 'Cancel Reading', null, (editor) => editor.document!.cache.cancel()],
    ['showKeys', 'Keys of the Sector Editor', 'Alt+F1', () => showKeys(sectors)],
  ];
}

async function reviewChanges(sectors: Sectors, editor: ByteView): Promise<void> {
  const { judge, edits } = editor.document!;
  const { workbench } = sectors;
  if (edits.count === 0) return workbench.notifications.info('No bytes are changed.');
  if (!(await confirmDevice(sectors, editor))) return;
  const digest = await judge.planForReview();
  await workbench.editors.open({ type: 'plan', key: digest, params: { digest } });
}

/** @param args `{path, offset?, length?, volume?}`, else a device is asked for */
async function openDevice(sectors: Sectors, args: unknown): Promise<void> {
  const { path: given, ...params } = (args ?? {}) as SectorParams & { path?: string };
  if (given !== undefined) return void (await sectors.open(given, params));
  const path = await pickDevice(sectors.workbench, { title: 'Show the sectors of', action: 'Show sectors' });
  if (path !== undefined) await sectors.open(path);
}

async function compareWith(sectors: Sectors, args: unknown): Promise<void> {
  const { workbench, active } = sectors;
  const given = args as Partial<DiffParams> | undefined;
  const left = given?.left ?? active?.path ?? (await pickDevice(workbench, { title: 'Compare', action: 'Choose as first' }));
  if (left === undefined) return;
  const excluded = new Map([[left, 'it is the first device']]);
  const right =
    given?.right ??
    (await pickDevice(workbench, { title: `Compare ${workbench.devices.label(left)} with`, action: 'Compare', excluded }));
  if (right === undefined) return;
  await workbench.editors.open({ type: 'diff', key: `${left} ${right}`, params: { ...given, left, right } });
}

async function chooseOffsetFormat({ quickInput, settings }: Workbench): Promise<void> {
  const titles = {
    hexadecimal: 'Hexadecimal',
    decimal: 'Decimal',
    sector: 'Sector and Byte',
    partition: 'From the Start of the Partition',
  };
  const items = offsetFormats.map((format) => ({ label: titles[format], format }));
  const chosen = await quickInput.pick(items, { placeholder: 'Show offsets as' });
  if (chosen) await settings.set(settingKeys.offsetFormat, chosen.format);
}

async function chooseBytesPerRow({ quickInput, settings }: Workbench): Promise<void> {
  const items = [0, 8, 16, 24, 32, 48, 64].map((count) => ({
    label: count === 0 ? 'Automatic: 8, 16, 32 or 64, as many as fit' : String(count),
    count,
  }));
  const chosen = await quickInput.pick(items, { placeholder: 'Bytes in a row' });
  if (chosen) await settings.set(settingKeys.bytesPerRow, chosen.count);
}

export function registerCommands(sectors: Sectors, searchView: () => SearchView): void {
  const { workbench } = sectors;
  const { commands, keybindings, menus } = workbench;
  const add = (command: Command): void => void commands.register({ category: 'Sectors', ...command });
  // Before the others: of several keys of a command the last ones are shown.
  keybindings.add({ keys: 'Ctrl+Shift+F', command: 'sectors.find' });
  keybindings.add({ keys: 'Ctrl+Shift+Z', command: 'sectors.redo', when: focus });
  keybindings.add({ keys: 'F3', command: 'sectors.findNext' });
  keybindings.add({ keys: 'Shift+F3', command: 'sectors.findPrevious' });
  for (const [id, title, keys, run, icon] of editorCommands(sectors, searchView)) {
    add({
      id: `sectors.${id}`,
      title,
      icon,
      enablement: 'sectorsOpen',
      run: () => (sectors.active?.document ? run(sectors.active) : undefined),
    });
    if (keys) keybindings.add({ keys, command: `sectors.${id}`, when: focus });
  }
  add({ id: 'sectors.open', title: 'Show Sectors of a Device…', icon: 'file-binary', run: (args) => openDevice(sectors, args) });
  add({ id: 'sectors.compareWith', title: 'Compare with…', icon: 'diff', run: (args) => compareWith(sectors, args) });
  add({ id: 'sectors.offsetFormat', title: 'Show Offsets As…', run: () => chooseOffsetFormat(workbench) });
  add({ id: 'sectors.bytesPerRow', title: 'Bytes in a Row…', run: () => chooseBytesPerRow(workbench) });
  for (const direction of ['next', 'previous'] as const) {
    const id = `sectors.${direction}Difference`;
    add({
      id,
      title: direction === 'next' ? 'Go to Next Difference' : 'Go to Previous Difference',
      run: () => workbench.editors.active instanceof DiffEditor && workbench.editors.active.next(direction),
    });
    keybindings.add({ keys: direction === 'next' ? 'F7' : 'Shift+F7', command: id, when: 'sectorsDiffFocus' });
  }
  for (const [group, ids] of Object.entries({
    '1_go': ['goTo', 'nextStructure', 'previousStructure', 'showOwners'],
    '2_select': ['selectSector', 'selectStructure', 'selectRange', 'selectAll'],
    '3_copy': ['copy', 'copyAs', 'paste', 'fill'],
    '4_marks': ['toggleBookmark', 'find'],
    '5_edit': ['toggleLock', 'revertSelection', 'reviewChanges'],
    '6_view': ['offsetFormat', 'bytesPerRow', 'compareWith'],
  })) {
    ids.forEach((id, order) => menus.add('context:sectors', { command: `sectors.${id}`, group, order }));
  }
  const menuBar: [string, string[]][] = [
    [
      'edit',
      [
        'undo',
        'redo',
        'copy',
        'copyAs',
        'paste',
        'fill',
        'selectAll',
        'selectSector',
        'selectStructure',
        'selectRange',
        'find',
        'findNext',
        'findPrevious',
      ],
    ],
    ['go', ['goTo', 'goBack', 'goForward', 'nextStructure', 'previousStructure', 'nextBookmark', 'previousBookmark']],
    ['disk', ['open', 'compareWith', 'toggleLock', 'reviewChanges', 'revertAll']],
    ['view', ['offsetFormat', 'bytesPerRow', 'showAsText', 'readAgain']],
    ['help', ['showKeys']],
  ];
  for (const [menu, ids] of menuBar) {
    ids.forEach((id, order) => menus.add(menu, { command: `sectors.${id}`, group: '5_sectors', order }));
  }
}
