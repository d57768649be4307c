import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { DeviceService } from '../../core/src/host/devices/deviceService';
import { ContentService } from '../../core/src/host/contents/contentService';
import { PickedFolders } from '../../core/src/host/contents/pickedFolders';
import { HeldProviders } from '../../core/src/host/providers/heldProviders';
import { LayoutService } from '../../core/src/host/layouts/layoutService';
import { PluginHost, type PluginLauncher, PluginRegistry, type PluginTimings } from '../../core/src/host/plugins';
import { UnprotectedLauncher } from '../../core/src/host/plugins/unprotectedLauncher';
import { SectorClient } from '../../core/src/host/sector/sectorClient';
import { scratchFolder } from './scratch';
import { startService } from './service';

export interface TestPluginHost {
  host: PluginHost;
  devices: DeviceService;
  /** Opens an image with these bytes; answers its device id. */
  device(bytes: Buffer): Promise<string>;
  /** Runs the command of the `trouble` fixture. */
  trouble(what: string, options?: { device?: string; signal?: AbortSignal; granted?: string[] }): Promise<unknown>;
}

/** A plugin host with real processes and a real sector service, until the test ends. */
export async function startPluginHost(
  pluginFolder: string,
  options: { timings?: Partial<PluginTimings>; launcher?: PluginLauncher } = {},
): Promise<TestPluginHost> {
  const folder = await scratchFolder();
  const { service, parameters } = await startService(folder);
  const client = await SectorClient.connect({ controlSocket: service.controlSocket, secret: parameters.secret }, {});
  onTestFinished(() => client.close());
  const devices = new DeviceService(client, folder);
  const registry = await PluginRegistry.load({ folders: [pluginFolder], hostVersion: '0.1.0', indexFile: null });
  const launcher = options.launcher ?? new UnprotectedLauncher({ withoutSandbox: true });
  const host: PluginHost = new PluginHost({
    registry,
    launcher,
    devices,
    timings: options.timings,
    layouts: () => new LayoutService(devices, host.providers, { describe: async () => null }),
    folders: () => folders,
    contents: () => contents,
  });
  const contents = new ContentService(client, devices, host.broker, new HeldProviders(host.providers));
  const folders = new PickedFolders(client, host.broker, contents);
  onTestFinished(() => host.dispose());
  let sequence = 0;
  return {
    host,
    devices,
    device: async (bytes) => {
      const path = join(folder, `device${++sequence}.img`);
      await writeFile(path, bytes);
      return (await devices.open(path)).deviceId;
    },
    trouble: async (what, { device, signal, granted = device === undefined ? [] : [device] } = {}) => {
      const call = { command: 'trouble.run', input: { what, device }, named: {}, progressToken: `token${++sequence}` };
      const result = await host.commands.run('vendor.trouble', call, granted, { signal });
      return (result as { value: unknown }).value;
    },
  };
}
