import type { Command, Contribution, Workbench } from '../api';
import { volumeOf } from '../devices/deviceTarget';
import { openPatiently } from '../devices/openPatiently';
import { ElementPane } from '../widgets/elementPane';
import { FilesEditor } from './filesEditor';

/** A file that is large enough to be a device. */
const isDevice = 'activeEditor == files && filesDevice';

/** The editor of a volume's files; its key is the volume's name, `path#N`. */
export const files: Contribution = (workbench) => {
  workbench.editors.register({
    type: 'files',
    create: (input, state) => {
      const volume = volumeOf(input.key);
      const label = `${workbench.devices.label(volume.path)}${volume.partition === 0 ? '' : ` #${volume.partition}`}`;
      const title = { label, caption: `Files of ${input.key}`, icon: 'files' };
      return new ElementPane(input, new FilesEditor(workbench, volume, input.params, state), title);
    },
  });
  registerCommands(workbench);
};

function registerCommands(workbench: Workbench): void {
  const { commands, editors, keybindings, menus } = workbench;
  const active = (): FilesEditor | null => {
    const pane = editors.active;
    return pane instanceof ElementPane && pane.element instanceof FilesEditor ? pane.element : null;
  };
  const add = (
    id: string,
    title: string,
    keys: string | null,
    run: (editor: FilesEditor) => unknown,
    more: Partial<Command> = {},
  ): void => {
    const command = `files.${id}`;
    const enablement = 'activeEditor == files';
    commands.register({ id: command, title, category: 'Files', enablement, ...more, run: () => active() && run(active()!) });
    if (keys) keybindings.add({ keys, command, when: 'filesFocus && !inputFocus' });
  };
  // At the end of what was visited it goes on along the editors, as elsewhere.
  add('goBack', 'Go Back', 'Alt+Left', (editor) => editor.step(-1) || commands.run('go.back'), { icon: 'arrow-left' });
  add('goForward', 'Go Forward', 'Alt+Right', (editor) => editor.step(1) || commands.run('go.forward'), { icon: 'arrow-right' });
  add('goUp', 'Go to the Directory Above', 'Backspace', (editor) => editor.goUp(), { icon: 'arrow-up' });
  add('editPath', 'Type a Path…', 'Ctrl+L', (editor) => editor.editPath(), { icon: 'edit' });
  add('open', 'Open', null, (editor) => editor.openSelected(), { icon: 'go-to-file' });
  add('properties', 'Properties', 'Alt+Enter', (editor) => editor.showDetails('properties'), { icon: 'info' });
  add('readAnew', 'Read Anew', null, (editor) => editor.readAnew(), { icon: 'refresh' });
  add('copyPath', 'Copy Path', null, (editor) => editor.place && navigator.clipboard.writeText(editor.place.path), {
    icon: 'clippy',
  });
  add('showSectors', 'Show Sectors', null, (editor) => editor.showSectors(), { icon: 'file-binary' });
  add(
    'openAsDisk',
    'Open as Disk',
    null,
    async ({ contentName }) => {
      if (contentName === null) return;
      const { path } = await openPatiently(workbench, contentName);
      await editors.open({ type: 'layout', key: path });
    },
    { icon: 'vm', enablement: isDevice },
  );
  add(
    'openContent',
    'Open in Sector Editor',
    null,
    ({ contentName }) => (contentName === null ? undefined : editors.open({ type: 'sectors', key: contentName })),
    { icon: 'file-binary', enablement: isDevice },
  );
  const entries: [group: string, ids: string[]][] = [
    ['1_open', ['open', 'showSectors', 'openContent', 'openAsDisk']],
    ['5_about', ['copyPath', 'properties']],
  ];
  for (const [group, ids] of entries)
    ids.forEach((id, order) => menus.add('context:files', { command: `files.${id}`, group, order }));
  menus.add('context:files', { command: 'devices.checkVolume', group: '4_volume' });
  for (const [order, id] of ['goBack', 'goForward', 'goUp', 'editPath'].entries())
    menus.add('go', { command: `files.${id}`, group: '6_files', order, when: 'activeEditor == files' });
}
