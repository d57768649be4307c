import { CapabilityDeniedError } from '@diskwright/sdk/errors';
import type { Progress } from '@diskwright/sdk/protocol';

/** A command that a plugin runs now, and what it was given. */
export interface GrantedCall {
  pluginId: string;
  devices: ReadonlySet<string>;
  onProgress(report: Progress): void;
}

/** Which devices each plugin may use now: those in the input of the commands that it runs, and only as long as they run. */
export class PluginGrants {
  private readonly calls = new Map<string, GrantedCall>();
  private readonly withdrawn: ((pluginId: string, deviceId: string) => Promise<void>)[] = [];

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

  /** @throws CapabilityDeniedError when no running command of the plugin was given the device */
  require(pluginId: string, deviceId: string): void {
    if (this.isGranted(pluginId, deviceId)) return;
    throw new CapabilityDeniedError(`plugin ${pluginId} may not use device ${deviceId}: no command that it runs was given it`);
  }

  /** Passes a report on to whoever runs the command; one with another plugin's token is dropped. */
  report(pluginId: string, report: Progress): void {
    const call = this.calls.get(report.token);
    if (call?.pluginId === pluginId) call.onProgress(report);
  }

  private isGranted(pluginId: string, deviceId: string): boolean {
    return [...this.calls.values()].some((call) => call.pluginId === pluginId && call.devices.has(deviceId));
  }

  private async end(token: string, { pluginId, devices }: GrantedCall): Promise<void> {
    this.calls.delete(token);
    const ended = [...devices].filter((deviceId) => !this.isGranted(pluginId, deviceId));
    await Promise.allSettled(ended.flatMap((deviceId) => this.withdrawn.map((listener) => listener(pluginId, deviceId))));
  }
}
