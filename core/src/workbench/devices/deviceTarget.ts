import type { EditorPane, Workbench } from '../api';

/** What a command is about: a device, or a volume or place on it. Offsets are bytes from the start of the device. */
export interface DeviceTarget {
  path: string;
  /** 0 is the whole device as one volume. */
  partition?: number;
  offset?: number;
  length?: number;
}

/** A volume's name as commands take it: `/dev/sda#2`. */
export const volumeName = ({ path, partition }: DeviceTarget): string =>
  partition === undefined ? path : `${path}#${partition}`;

/** The target of arguments that a menu, key or palette gave; null when they name none. */
export function targetOf(args: unknown): DeviceTarget | null {
  const target = args as Partial<DeviceTarget> | undefined;
  return typeof target?.path === 'string' ? (target as DeviceTarget) : null;
}

/** What an editor shows the device of. */
export function targetOfEditor(pane: EditorPane | null): DeviceTarget | null {
  if (!pane) return null;
  const { type, key } = pane.input;
  if (type === 'layout' || type === 'sectors') return { path: key };
  if (type !== 'allocation') return null;
  const at = key.lastIndexOf('#');
  return { path: key.slice(0, at), partition: Number(key.slice(at + 1)) };
}

/** The arguments' target, else that of the active editor, else one that the user picks. Undefined when none is picked. */
export async function askForTarget(workbench: Workbench, args: unknown): Promise<DeviceTarget | undefined> {
  return targetOf(args) ?? targetOfEditor(workbench.editors.active) ?? (await pickTarget(workbench));
}

async function pickTarget({ devices, quickInput, commands }: Workbench): Promise<DeviceTarget | undefined> {
  const { disks = [], opened = [], overlays = [] } = devices.list ?? {};
  const paths = [...disks.map(({ path }) => path), ...opened.map(({ path }) => path), ...overlays.map(({ name }) => name)];
  if (paths.length === 0) {
    await commands.run('devices.openFile');
    return undefined;
  }
  const items = paths.map((path) => ({ label: devices.label(path), description: path, path }));
  const picked = await quickInput.pick(items, { placeholder: 'Which device?' });
  return picked && { path: picked.path };
}
