import { InvalidInputError } from '@diskwright/sdk/errors';
import type { ContextValue, EditorPane, Workbench } from '../api';
import { deviceChoices } from '../widgets/devicePicker/choices';
import { pickDevice } from '../widgets/devicePicker/pickDevice';

/** What a command is about: a device, or a volume or place on it. Offsets are bytes from the start of the device. */
export interface DeviceTarget {
  path: string;
  /** 0 is the whole device as one volume. */
  partition?: number | undefined;
  offset?: number | undefined;
  length?: number | undefined;
}

/** A volume's name as commands take it: `/dev/sda#2`. */
export const volumeName = ({ path, partition }: DeviceTarget): string =>
  partition === undefined ? path : `${path}#${partition}`;

/** The volume of a name that {@link volumeName} made. */
export function volumeOf(name: string): DeviceTarget & { partition: number } {
  const at = name.lastIndexOf('#');
  return { path: name.slice(0, at), partition: Number(name.slice(at + 1)) };
}

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
  return type === 'allocation' || type === 'files' ? volumeOf(key) : null;
}

/** Context keys that say what the part of the window with the focus is about. */
export const targetKeys = (target: DeviceTarget | null): Record<string, ContextValue> =>
  target
    ? {
        devicePath: target.path,
        devicePartition: target.partition,
        deviceOffset: target.offset,
        deviceLength: target.length,
      }
    : {};

/** What a command without a target is about: what has the focus (before palette or menu took it), else what the active editor shows. */
export function currentTarget({ context, editors }: Workbench): DeviceTarget | null {
  const path = context.get('devicePath');
  if (typeof path !== 'string') return targetOfEditor(editors.active);
  const number = (key: string): number | undefined => context.get(key) as number | undefined;
  return { path, partition: number('devicePartition'), offset: number('deviceOffset'), length: number('deviceLength') };
}

export interface TargetQuestion {
  /** What is asked for when nothing is at hand: the command's title. */
  title: string;
  /** Why a device is none for the command; null when it is one. */
  refuse?(path: string): string | null;
}

/** The arguments' target, else the current one, else one that the user picks. Undefined when none is picked. */
export async function askForTarget(
  workbench: Workbench,
  args: unknown,
  question: TargetQuestion,
): Promise<DeviceTarget | undefined> {
  const { refuse = () => null } = question;
  const given = targetOf(args);
  if (given) {
    const refused = refuse(given.path);
    if (refused) throw new InvalidInputError(`${given.path} is not taken: ${refused}`, { device: given.path });
    return given;
  }
  const current = currentTarget(workbench);
  return current && refuse(current.path) === null ? current : pickTarget(workbench, question.title, refuse);
}

async function pickTarget(
  workbench: Workbench,
  title: string,
  refuse: (path: string) => string | null,
): Promise<DeviceTarget | undefined> {
  const { list } = workbench.devices;
  const excluded = (list ? deviceChoices(list) : []).flatMap(({ path }): [string, string][] => {
    const refused = refuse(path);
    return refused === null ? [] : [[path, refused]];
  });
  const picked = await pickDevice(workbench, { title, action: title, excluded: new Map(excluded) });
  return picked === undefined ? undefined : { path: picked };
}
