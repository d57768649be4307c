import { FailedError } from '@diskwright/sdk/errors';
import type { ByteRange, Lease } from '@diskwright/sdk/protocol';
import type { Socket } from 'node:net';
import type { DeviceAccess, LeaseAccount } from '../providers/deviceAccess';
import type { PluginGrants } from './pluginGrants';
import type { PluginProcess } from './pluginProcess';
import type { InstalledPlugin } from './pluginRecord';

interface Given {
  process: PluginProcess;
  deviceId: string;
}

/** Makes a lease with its connected socket, and says on which device. */
type Open = (holder: string, account: LeaseAccount) => Promise<{ deviceId: string; lease: Lease; socket: Socket }>;

/** The leases that plugins were given for themselves, to be taken back with the command, the device or the process. */
export class PluginLeases {
  private readonly given = new Map<string, Given>();

  /** @param accountOf under which what a plugin reads is added up */
  constructor(
    private readonly devices: Pick<DeviceAccess, 'lease' | 'revoke'>,
    private readonly accountOf: (plugin: InstalledPlugin) => LeaseAccount,
  ) {}

  /** A lease whose socket is on its way to the plugin. @throws FailedError when it holds too many */
  give(process: PluginProcess, deviceId: string, range?: ByteRange): Promise<Lease> {
    return this.hand(process, async (holder, account) => ({
      deviceId,
      ...(await this.devices.lease(deviceId, range, holder, account)),
    }));
  }

  /**
   * As {@link give}, of a content, which `open` makes.
   * @throws CapabilityDeniedError when the plugin may not use the device that the content lies on
   */
  giveContent(process: PluginProcess, open: Open, grants: Pick<PluginGrants, 'require'>): Promise<Lease> {
    return this.hand(process, open, (deviceId) => grants.require(process.plugin, deviceId));
  }

  private async hand(process: PluginProcess, open: Open, check?: (deviceId: string) => void): Promise<Lease> {
    const held = [...this.given.values()].filter((given) => given.process === process).length;
    if (held >= process.limits.leases) throw new FailedError(`${held} leases are held; release some of them`);
    const { deviceId, lease, socket } = await open(`plugin ${process.plugin.id}`, this.accountOf(process.plugin));
    this.given.set(lease.leaseId, { process, deviceId });
    try {
      check?.(deviceId);
      await process.sendDescriptor(lease.leaseId, socket);
      return lease;
    } catch (error) {
      socket.destroy();
      await this.revoke(lease.leaseId);
      throw error;
    }
  }

  /** Takes back a lease of this process; others are none of its business and stay. */
  async release(process: PluginProcess, leaseId: string): Promise<void> {
    if (this.given.get(leaseId)?.process === process) await this.revoke(leaseId);
  }

  async withdraw(pluginId: string, deviceId: string): Promise<void> {
    await this.revokeWhere((given) => given.process.plugin.id === pluginId && given.deviceId === deviceId);
  }

  async processEnded(process: PluginProcess): Promise<void> {
    await this.revokeWhere((given) => given.process === process);
  }

  private async revokeWhere(matches: (given: Given) => boolean): Promise<void> {
    const ids = [...this.given].filter(([, given]) => matches(given)).map(([id]) => id);
    await Promise.all(ids.map((id) => this.revoke(id)));
  }

  private async revoke(leaseId: string): Promise<void> {
    this.given.delete(leaseId);
    // A service that is gone has no leases any more.
    await this.devices.revoke(leaseId).catch(() => undefined);
  }
}
