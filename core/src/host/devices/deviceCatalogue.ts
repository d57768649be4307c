import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isNbdUri, parseNbdUri } from '@diskwright/sdk/nbd';
import type { OpenedDevice } from '../../common';
import type { WorkbenchResult } from '../../common/workbench';
import { containerReading } from '../../common/containerName';
import { parseDeviceName } from '../commands/deviceName';
import { reasonOf } from '../systemError';
import type { DeviceService } from './deviceService';
import { type OpenedName, OpenedNames } from './openedNames';
import { listOverlays } from './overlayFolders';
import { within } from '../../common/flow/within';

export type DeviceList = WorkbenchResult<'devices/list'>;
type OpenedEntry = DeviceList['opened'][number];

/** How long an answer waits for what may hang: a share that is gone, a server that does not answer. */
const PATIENCE_MILLISECONDS = 400;
/** What answered before is taken to be as it was for so long: one that is merely slow would be another with every look. */
const TRUST_MILLISECONDS = 5000;

/** A look that is under way. */
interface Look {
  startedAt: number;
  ended: Promise<OpenedEntry>;
}

/** What there is to choose from: disks, what was opened by name before, and overlays. */
export class DeviceCatalogue {
  private readonly names: OpenedNames;
  /** Looks that did not end in time, by path; the next answer asks for their outcome and does not begin another. */
  private readonly looks = new Map<string, Look>();
  /** How the last look ended, by path. */
  private readonly outcomes = new Map<string, OpenedEntry>();

  constructor(
    private readonly devices: DeviceService,
    private readonly dataFolder: string,
  ) {
    this.names = new OpenedNames(join(dataFolder, 'devices.json'));
  }

  /** Answers within half a second, whatever hangs. */
  async list(): Promise<DeviceList> {
    const [disks, overlays, names] = await Promise.all([this.devices.list(), listOverlays(this.dataFolder), this.names.list()]);
    const shown = names.filter((name) => !disks.some(({ path }) => path === name.path));
    const opened = await Promise.all(shown.map((name) => this.look(name)));
    return { disks, opened, overlays };
  }

  /** Keeps an image or export in the list; false when it stands there already as it is, as disks and overlays do by themselves. */
  async remember({ path, size }: Pick<OpenedDevice, 'path' | 'size'>): Promise<boolean> {
    if (!path.includes('/')) return false;
    if ((await this.names.list()).some((name) => name.path === path && name.size === size)) return false;
    if ((await this.devices.list()).some((disk) => disk.path === path)) return false;
    await this.names.add({ path, size });
    return true;
  }

  async forget(path: string): Promise<void> {
    await this.names.remove(path);
    this.outcomes.delete(path);
  }

  private async look(name: OpenedName): Promise<OpenedEntry> {
    const { path, size } = name;
    const { startedAt, ended } = this.looks.get(path) ?? this.begin(name);
    const answer = await within(PATIENCE_MILLISECONDS, ended, null);
    if (answer) return answer;
    const isTrusted = performance.now() - startedAt < TRUST_MILLISECONDS;
    return (isTrusted && this.outcomes.get(path)) || { path, size, error: null, waiting: true };
  }

  private begin(name: OpenedName): Look {
    const { path } = name;
    const look = async (): Promise<OpenedEntry> => {
      const entry = await this.lookNow(name);
      this.looks.delete(path);
      this.outcomes.set(path, entry);
      return entry;
    };
    const begun = { startedAt: performance.now(), ended: look() };
    this.looks.set(path, begun);
    return begun;
  }

  private async lookNow(name: OpenedName): Promise<OpenedEntry> {
    const { path, size } = name;
    const known = this.devices.known(path);
    const entry = (values: Pick<OpenedEntry, 'size' | 'error'>): OpenedEntry => ({ path, ...values, waiting: false });
    try {
      const below = devicesBelow(path);
      // Of what lies on other devices, those are looked at.
      if (below.length > 0 && !existsSync(path)) {
        const looks = await Promise.all(below.filter(isPath).map((device) => this.lookNow({ path: device, size: null })));
        return entry({ size, error: looks.find(({ error }) => error !== null)?.error ?? null });
      }
      if (isNbdUri(path)) return entry({ size, error: await this.nbdProblem(path, known) });
      const found = await stat(path);
      if (found.isFile()) return entry({ size: found.size, error: null });
      if (found.isBlockDevice()) return entry({ size, error: null });
      return entry({ size: null, error: 'is neither a file nor a disk' });
    } catch (error) {
      return entry({ size: isNbdUri(path) ? size : null, error: reasonOf(error) });
    }
  }

  /**
   * Why an export does not answer, or did not when it was used last; null when it does, or that cannot be told. One that is not open is not connected to:
   * there are servers that end with their first client.
   */
  private async nbdProblem(uri: string, known: OpenedDevice | null): Promise<string | null> {
    if (known && (await this.devices.check(known.deviceId))) return null;
    const { connect } = parseNbdUri(uri);
    if ('path' in connect && !(await stat(connect.path)).isSocket()) return `${connect.path} is no socket`;
    return null;
  }
}

/** Overlays have no slash. */
const isPath = (device: string): boolean => device.includes('/');

/** What a file in a volume, or a device in a container, lies on by its name. */
function devicesBelow(path: string): string[] {
  const inContainer = containerReading(path);
  if (inContainer) return inContainer.members.map(({ device }) => device);
  const { device, path: inVolume } = parseDeviceName(path);
  return inVolume === null ? [] : [device];
}
