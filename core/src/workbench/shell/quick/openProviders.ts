import type { DeviceList, DeviceModel, EditorPane, QuickItem, QuickProvider } from '../../api';
import type { Editors } from '../../services/editors';
import type { RecentDevices } from '../../services/recentDevices';
import type { QuickInput } from '../../services/prompts/quickInput';
import { sizeText } from '../../widgets/shared/sizeText';
import type { Views } from '../../services/views';

export interface OpenSources {
  editors: Editors;
  devices: DeviceModel;
  recentDevices: RecentDevices;
}

/** Quick open without a prefix: editors that are open, devices used last, and all others. */
export function openProvider({ editors, devices, recentDevices }: OpenSources): QuickProvider {
  const open = (path: string) => () => editors.open({ type: 'layout', key: path });
  const deviceItem = (path: string, group: string, description: string): QuickItem => ({
    label: devices.label(path),
    description,
    icon: 'database',
    group,
    run: open(path),
  });
  return {
    prefix: '',
    placeholder: 'Open a device or an editor (type ? for help)',
    provide: () => {
      const known = describeDevices(devices.list);
      const recent = recentDevices.list.map((path) => deviceItem(path, 'recently opened', known.get(path) ?? path));
      const others = [...known].filter(([path]) => !recentDevices.list.includes(path));
      return [
        ...editors.recent().map((pane) => editorItem(pane, editors, 'open editors')),
        ...recent,
        ...others.map(([path, description]) => deviceItem(path, 'devices', description)),
      ];
    },
  };
}

/** What is said of each device beside its name, by path. */
function describeDevices(list: DeviceList | null): Map<string, string> {
  const sized = (path: string, size: number): [string, string] => [path, `${sizeText(size)}, ${path}`];
  return new Map([
    ...(list?.disks ?? []).map(({ path, size }) => sized(path, size)),
    ...(list?.opened ?? []).map(({ path, size, error, waiting }): [string, string] =>
      waiting
        ? [path, `has not answered yet, ${path}`]
        : error === null && size !== null
          ? sized(path, size)
          : [path, error ?? path],
    ),
    ...(list?.overlays ?? []).map(({ name, base }): [string, string] => [name, `simulated result on ${base}`]),
  ]);
}

/** `edt `: the open editors, the last used first. */
export function editorProvider(editors: Editors): QuickProvider {
  return {
    prefix: 'edt ',
    placeholder: 'Go to an open editor',
    provide: () => editors.recent().map((pane) => editorItem(pane, editors)),
  };
}

/** `view `: the views. */
export function viewProvider(views: Views): QuickProvider {
  return {
    prefix: 'view ',
    placeholder: 'Go to a view',
    provide: () =>
      (['sidebar', 'panel', 'secondary'] as const).flatMap((place) =>
        views
          .at(place)
          .map(({ view }) => ({ label: view.title, icon: view.icon, run: () => views.reveal(view.id, { focus: true }) })),
      ),
  };
}

/** `?`: the prefixes. */
export function helpProvider(quickInput: QuickInput): QuickProvider {
  return {
    prefix: '?',
    placeholder: 'What can be typed here',
    provide: () =>
      quickInput.prefixes().map(({ prefix, placeholder }) => ({
        label: prefix === '' ? '…' : prefix,
        description: placeholder,
        run: () => quickInput.open(prefix),
      })),
  };
}

function editorItem(pane: EditorPane, editors: Editors, group?: string): QuickItem {
  return {
    label: pane.title.label,
    description: pane.title.caption === pane.title.label ? undefined : pane.title.caption,
    icon: /codicon-([\w-]+)$/.exec(pane.title.iconClass)?.[1],
    group,
    // Without parameters: it is shown as it stands.
    run: () => editors.open({ type: pane.input.type, key: pane.input.key }),
  };
}
