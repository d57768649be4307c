import { CapabilityDeniedError, FailedError } from '@diskwright/sdk/errors';
import { shellWord } from '../../../common/commandLine/shellWord';
import { FolderWatch } from '../../folderWatch';
import { type Disposable, Listeners } from '../../listeners';
import type { InstalledPlugin } from '../pluginRecord';
import type { PluginRegistry } from '../pluginRegistry';
import { deviceKey, type GrantedDevice } from './deviceKey';
import type { GrantFile, Grants, PluginGrant } from './grantFile';

/** Something that a plugin needs now and has not been granted. */
export interface MissingGrant {
  plugin: InstalledPlugin;
  capability: DeviceCapability;
  device: GrantedDevice;
}
export type DeviceCapability = 'device.read' | 'device.write';

export const isDeviceCapability = (capability: string): capability is DeviceCapability =>
  /^device\.(read|write)$/.test(capability);

/**
 * What each plugin may do: never more than its manifest asks for, and of that what was granted. The plugins that come with Diskwright bring their grant
 * along, for all devices; any other has what the user granted it. Other programs may change that at any time, so it is read anew before each use of a
 * plugin, and watched meanwhile.
 */
export class CapabilityGrants {
  private granted: Grants = {};
  private failure: string | null = null;
  private readonly changed = new Listeners();
  private watch: FolderWatch | null = null;

  /** @param file null: nothing is granted but what comes with Diskwright */
  constructor(
    private readonly registry: Pick<PluginRegistry, 'builtIn'>,
    private readonly file: GrantFile | null,
  ) {}

  /** Follows what other programs grant and revoke, until it is disposed of. @param dataFolder where the file lies */
  follow(dataFolder: string): void {
    this.watch ??= new FolderWatch(dataFolder, () => void this.refresh());
  }

  dispose(): void {
    this.watch?.dispose();
  }

  /** Is told when something was granted or revoked. */
  onChanged(listener: () => void): Disposable {
    return this.changed.add(listener);
  }

  /** Why nothing of the user's is granted; null when it is. */
  get problem(): string | null {
    return this.failure;
  }

  /** Reads anew what is granted. A file that is damaged grants nothing. */
  async refresh(): Promise<void> {
    let failure: string | null = null;
    const granted = await (this.file?.read() ?? Promise.resolve({})).catch((error: Error): Grants => {
      failure = error.message;
      return {};
    });
    this.failure = failure;
    this.take(granted);
  }

  /** What the user granted a plugin. */
  of(id: string): PluginGrant {
    return Object.hasOwn(this.granted, id) ? this.granted[id]! : { capabilities: [], devices: {} };
  }

  /** Whether it came with Diskwright, as it is. */
  isShipped({ id, folder }: InstalledPlugin): boolean {
    return this.registry.builtIn(id)?.plugin?.folder === folder;
  }

  allows(plugin: InstalledPlugin, capability: DeviceCapability, device: GrantedDevice): boolean {
    if (!plugin.manifest.capabilities?.includes(capability)) return false;
    if (this.isShipped(plugin)) return true;
    return this.of(plugin.id).devices[deviceKey(device)]?.capabilities.includes(capability) ?? false;
  }

  /** @throws CapabilityDeniedError */
  require(plugin: InstalledPlugin, capability: DeviceCapability, device: GrantedDevice): void {
    if (!this.allows(plugin, capability, device)) throw deniedError([{ plugin, capability, device }]);
  }

  /** Lasting. Without a device: it may be asked for, or, of a capability that is for no device, it is held. */
  grant(id: string, capability: string, device: GrantedDevice | null): Promise<void> {
    return this.change(id, (grant) => {
      grant.capabilities = withItem(grant.capabilities, capability);
      if (!device) return;
      const key = deviceKey(device);
      const before = grant.devices[key]?.capabilities ?? [];
      grant.devices[key] = { name: device.path, capabilities: withItem(before, capability) };
    });
  }

  /**
   * Takes back a capability, or all, of one device, or of all.
   * @param key of the device, as {@link of} names it
   */
  revoke(id: string, capability: string | null, key: string | null): Promise<void> {
    const rest = (all: string[]): string[] => (capability === null ? [] : all.filter((each) => each !== capability));
    return this.change(id, (grant) => {
      if (key === null) grant.capabilities = rest(grant.capabilities);
      for (const [name, device] of Object.entries(grant.devices))
        if (key === null || key === name) device.capabilities = rest(device.capabilities);
    });
  }

  private async change(id: string, change: (grant: PluginGrant) => void): Promise<void> {
    if (!this.file) throw new FailedError('there is no place to keep grants');
    this.take(await this.file.change(id, change));
  }

  private take(granted: Grants): void {
    if (JSON.stringify(granted) === JSON.stringify(this.granted)) return;
    this.granted = granted;
    this.changed.tell();
  }
}

const withItem = (items: string[], item: string): string[] => (items.includes(item) ? items : [...items, item].sort());

/** Says what is missing and how to grant it. */
export function deniedError(missing: readonly MissingGrant[]): CapabilityDeniedError {
  const wanted = missing.map(({ capability, device }) => `${capability} of ${device.path}`);
  const commands = missing.map(
    ({ plugin, capability, device }) => `diskwright plugin grant ${plugin.id} ${capability} ${shellWord(device.path)}`,
  );
  return new CapabilityDeniedError(`you have not granted ${missing[0]!.plugin.id} ${wanted.join(', ')}`, {
    todo: `If you trust it: ${commands.join('; ')}`,
  });
}
