import type { SectorSize } from '@diskwright/sdk/protocol';
import type { OpenedDevice } from '../../common';
import { Refresher } from '../../common/flow/refresher';
import { printable } from '../../common/text/printable';
import { type DeviceLayoutAnswer, type DeviceList, type DeviceModel, Emitter, type HostConnection } from '../api';
import { SharedRead } from './sharedRead';

/** The devices of the host, with their layouts cached until something is written or the connection was lost. */
export class Devices implements DeviceModel {
  private current: DeviceList | null = null;
  private readonly layouts = new Map<string, SharedRead<DeviceLayoutAnswer>>();
  private readonly openedByPath = new Map<string, OpenedDevice>();
  private readonly refresher = new Refresher(() => this.fetch());
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly contentChanged = new Emitter<string>();
  readonly onDidChangeContent = this.contentChanged.event;

  constructor(
    private readonly host: HostConnection,
    private readonly showError: (error: unknown) => void,
  ) {
    host.on('devices/changed', () => void this.refresher.refresh());
    host.on('devices/contentChanged', ({ path }) => this.forgetContent(path));
    host.onDidChangeState((state) => {
      if (state !== 'connected') return;
      this.openedByPath.clear();
      this.refresh();
    });
  }

  get list(): DeviceList | null {
    return this.current;
  }

  async open(path: string, sectorSize?: SectorSize, signal?: AbortSignal): Promise<OpenedDevice> {
    this.openedByPath.delete(path);
    const device = await this.host.request('devices/open', sectorSize === undefined ? { path } : { path, sectorSize }, signal);
    this.openedByPath.set(path, device);
    return device;
  }

  opened(path: string): OpenedDevice | null {
    return this.openedByPath.get(path) ?? null;
  }

  layout(path: string, signal?: AbortSignal): Promise<DeviceLayoutAnswer> {
    let layout = this.layouts.get(path);
    if (!layout) {
      const made = new SharedRead(
        async (ending) => {
          const { deviceId } = await this.open(path, undefined, ending);
          return this.host.request('devices/layout', { deviceId }, ending);
        },
        () => {
          if (this.layouts.get(path) === made) this.layouts.delete(path);
        },
      );
      this.layouts.set(path, (layout = made));
    }
    return layout.join(signal);
  }

  refresh(path?: string): void {
    const paths = path === undefined ? [...this.layouts.keys()] : [path];
    for (const each of paths) this.forgetContent(each);
    void this.refresher.refresh();
  }

  label(path: string): string {
    const model = this.current?.disks.find((disk) => disk.path === path)?.model;
    // A loop device's model is the path of its file: the folders would leave no room for the device's own name.
    const name = model?.startsWith('/') ? lastPart(model) : model;
    return printable(name ? `${name} (${lastPart(path)})` : lastPart(path));
  }

  private fetch(): Promise<void> {
    return this.host.request('devices/list', {}).then((list) => {
      if (JSON.stringify(list) === JSON.stringify(this.current)) return;
      const gone = (this.current?.overlays ?? []).filter(({ name }) => list.overlays.every((other) => other.name !== name));
      this.current = list;
      this.changed.fire();
      // What still shows one finds that it is not there any more, whoever removed it.
      for (const { name } of gone) this.forgetContent(name);
    }, this.showError);
  }

  /** What was read of it holds no more. */
  private forgetContent(path: string): void {
    this.layouts.delete(path);
    this.contentChanged.fire(path);
  }
}

const lastPart = (path: string): string => path.split(/[/\\]/).findLast((part) => part !== '') ?? path;
