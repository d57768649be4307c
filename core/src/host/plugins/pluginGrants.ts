import { CapabilityDeniedError } from '@diskwright/sdk/errors';
import type { Progress } from '@diskwright/sdk/protocol';
import type { InstalledPlugin } from './pluginRecord';

/** A command that a plugin runs now, and what it was given. */
export interface GrantedCall {
  plugin: InstalledPlugin;
  devices: ReadonlySet<string>;
  /** Folders that the user picked, absolute paths by the ids in the input. */
  folders: ReadonlyMap<string, string>;
  onProgress(report: Progress): void;
}

/**
 * Which devices each plugin may use now: those in the input of the commands that it runs, only as long as they run, and only where the user has granted
 * it to read them.
 */
export class PluginGrants {
  private readonly calls = new Map<string, GrantedCall>();
  private readonly withdrawn: ((pluginId: string, deviceId: string) => Promise<void>)[] = [];

  /** @param requireGrant throws where the plugin was not granted to read the device */
  constructor(private readonly requireGrant: (plugin: InstalledPlugin, deviceId: string) => void) {}

  /**
   * @param token the call's own, by which the plugin reports progress
   * @returns ends the call; what the plugin has open on devices that no other call of it was given is closed then
   */
  begin(token: string, call: GrantedCall): () => Promise<void> {
    this.calls.set(token, call);
    return () => this.end(token, call);
  }

  /** Is told when a plugin may not use a device any longer. */
  onWithdrawn(listener: (pluginId: string, deviceId: string) => Promise<void>): void {
    this.withdrawn.push(listener);
  }

  /** @throws CapabilityDeniedError when no running command of the plugin was given the device, or it is not granted to read it */
  require(plugin: InstalledPlugin, deviceId: string): void {
    if (this.isGiven(plugin.id, deviceId)) return this.requireGrant(plugin, deviceId);
    throw new CapabilityDeniedError(`plugin ${plugin.id} may not use device ${deviceId}: no command that it runs was given it`);
  }

  /** Grants were changed: what a running command may not read any longer is closed. */
  async recheck(): Promise<void> {
    const given = [...this.calls.values()].flatMap(({ plugin, devices }) =>
      [...devices].map((deviceId) => ({ plugin, deviceId })),
    );
    const lost = given.filter(({ plugin, deviceId }) => !this.isGranted(plugin, deviceId));
    await Promise.all(lost.map(({ plugin, deviceId }) => this.withdraw(plugin.id, deviceId)));
  }

  /** The path of a folder that the user picked for a running command. @throws CapabilityDeniedError when there is no such */
  folder(pluginId: string, folder: string): string {
    for (const call of this.calls.values()) {
      const path = call.plugin.id === pluginId ? call.folders.get(folder) : undefined;
      if (path !== undefined) return path;
    }
    throw new CapabilityDeniedError(`plugin ${pluginId} may not write to a folder that no command of it was given`);
  }

  /** Passes a report on to whoever runs the command; one with another plugin's token is dropped. */
  report(pluginId: string, report: Progress): void {
    const call = this.calls.get(report.token);
    if (call?.plugin.id === pluginId) call.onProgress(report);
  }

  private isGiven(pluginId: string, deviceId: string): boolean {
    return [...this.calls.values()].some(({ plugin, devices }) => plugin.id === pluginId && devices.has(deviceId));
  }

  private isGranted(plugin: InstalledPlugin, deviceId: string): boolean {
    try {
      this.requireGrant(plugin, deviceId);
      return true;
    } catch {
      return false;
    }
  }

  private async end(token: string, { plugin, devices }: GrantedCall): Promise<void> {
    this.calls.delete(token);
    const ended = [...devices].filter((deviceId) => !this.isGiven(plugin.id, deviceId));
    await Promise.all(ended.map((deviceId) => this.withdraw(plugin.id, deviceId)));
  }

  private async withdraw(pluginId: string, deviceId: string): Promise<void> {
    await Promise.allSettled(this.withdrawn.map((listener) => listener(pluginId, deviceId)));
  }
}
