import type { DeviceList } from '../../api';

/** What a chosen device is for: a source is only read. */
export type PickRole = 'source' | 'target';

/** A device to choose from, or not. */
export interface DeviceChoice {
  /** What it is chosen by: a path, or an overlay's name. */
  path: string;
  kind: 'disk' | 'opened' | 'overlay';
  size: number | null;
  /** Bus, serial, base: what tells it from others. */
  facts: string[];
  readOnly: boolean;
  system: boolean;
  mounted: readonly string[];
  /** Why it cannot be opened. */
  error: string | null;
  /** It has been asked and has not answered yet. */
  waiting: boolean;
}

export interface PickOptions {
  role: PickRole;
  /** A whole device, or one volume on it. */
  format: 'device' | 'volume';
  /** A target with less bytes is refused. */
  minimumSize?: number;
  /** Names that are taken, with the reason: `is the source`. */
  excluded?: ReadonlyMap<string, string>;
}

/** Disks first, then what was opened, then overlays. */
export function deviceChoices({ disks, opened, overlays }: DeviceList): DeviceChoice[] {
  const plain = { readOnly: false, system: false, mounted: [], error: null, waiting: false };
  return [
    ...disks.map(({ path, size, transport, serial, readOnly, system, mounted }) => ({
      path,
      kind: 'disk' as const,
      size,
      facts: [...(transport ? [transport.toUpperCase()] : []), ...(serial ? [`serial ${serial}`] : [])],
      readOnly,
      system,
      mounted,
      error: null,
      waiting: false,
    })),
    ...opened.map((entry) => ({ ...plain, ...entry, kind: 'opened' as const, facts: [] })),
    ...overlays.map(({ name, base, size }) => ({
      ...plain,
      path: name,
      kind: 'overlay' as const,
      size,
      facts: [`overlay on ${base}`],
    })),
  ];
}

/** Why a device cannot be chosen, or null. */
export function refusal(choice: DeviceChoice, options: PickOptions): string | null {
  const excluded = options.excluded?.get(choice.path);
  if (excluded) return excluded;
  if (choice.error) return choice.error;
  if (options.role === 'source') return null;
  if (choice.kind === 'overlay') return 'it is an overlay: only devices are written';
  if (choice.system) return 'this computer runs from it';
  if (choice.mounted.length > 0) return `it is mounted at ${choice.mounted.join(', ')}`;
  if (choice.readOnly) return 'it is read-only';
  return tooSmall(choice.size, options);
}

/** Why a volume cannot be chosen, or null. @param size of its partition */
export function volumeRefusal(choice: DeviceChoice, options: PickOptions, partition: number, size: number): string | null {
  const excluded = options.excluded?.get(`${choice.path}#${partition}`);
  return (
    excluded ?? refusal(choice, { ...options, minimumSize: 0 }) ?? (options.role === 'target' ? tooSmall(size, options) : null)
  );
}

function tooSmall(size: number | null, { minimumSize = 0 }: PickOptions): string | null {
  return size !== null && size < minimumSize ? 'it is too small' : null;
}
