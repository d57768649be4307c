import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isNbdUri, parseNbdUri } from '@diskwright/sdk/nbd';
import type { OpenedDevice } from '../../common';
import type { WorkbenchResult } from '../../common/workbench';
import { reasonOf } from '../systemError';
import type { DeviceService } from './deviceService';
import { type OpenedName, OpenedNames } from './openedNames';
import { listOverlays } from './overlayFolders';
import { within } from '../../common/flow/within';

export type DeviceList = WorkbenchResult<'devices/list'>;
type OpenedEntry = DeviceList['opened'][number];

/** How long an answer waits for what may hang: a share that is gone, a server that does not answer. */
const PATIENCE_MILLISECONDS = 400;

/** What there is to choose from: disks, what was opened by name before, and overlays. */
export class DeviceCatalogue {
  private readonly names: OpenedNames;
  /** Looks that did not end in time, by path; the next answer asks for their outcome and does not begin another. */
  private readonly looks = new Map<string, Promise<OpenedEntry>>();

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
  }

  private look(name: OpenedName): Promise<OpenedEntry> {
    const { path, size } = name;
    const known = this.looks.get(path);
    const look = known ?? this.lookNow(name).finally(() => this.looks.delete(path));
    if (!known) this.looks.set(path, look);
    return within(PATIENCE_MILLISECONDS, look, { path, size, error: 'does not answer' });
  }

  private async lookNow({ path, size }: OpenedName): Promise<OpenedEntry> {
    const known = this.devices.known(path);
    try {
      if (isNbdUri(path)) return { path, size, error: await this.nbdProblem(path, known) };
      const found = await stat(path);
      if (found.isFile()) return { path, size: found.size, error: null };
      if (found.isBlockDevice()) return { path, size, error: null };
      return { path, size: null, error: 'is neither a file nor a disk' };
    } catch (error) {
      return { path, size: isNbdUri(path) ? size : null, error: reasonOf(error) };
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
