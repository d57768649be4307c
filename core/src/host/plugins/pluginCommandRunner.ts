import { CapabilityDeniedError, FailedError, InvalidInputError } from '@diskwright/sdk/errors';
import type { CommandResult, PluginParams, Progress, ResolveResult } from '@diskwright/sdk/protocol';
import type { PluginGrants } from './pluginGrants';
import type { PluginProcess } from './pluginProcess';
import type { PluginRegistry } from './pluginRegistry';
import type { PluginSupervisor } from './pluginSupervisor';

export interface CommandRunOptions {
  signal?: AbortSignal;
  onProgress?(report: Progress): void;
}
/** A command with its input, valid by its schema, device ids in the place of names. */
export type CommandCall = PluginParams<'command/execute'>;

/** Runs commands in their plugins: starts the plugin, hands it the devices for as long as it runs, and holds the result against the manifest. */
export class PluginCommandRunner {
  constructor(
    private readonly registry: PluginRegistry,
    private readonly supervisor: PluginSupervisor,
    private readonly grants: PluginGrants,
  ) {}

  /**
   * @param deviceIds the devices in the input; the plugin may use just these, until the command ends
   * @throws what the command says, PeerGoneError when the plugin ends meanwhile, CancelledError
   */
  async run(
    pluginId: string,
    call: CommandCall,
    deviceIds: Iterable<string>,
    options: CommandRunOptions = {},
  ): Promise<CommandResult> {
    const result = await this.granted(pluginId, call, deviceIds, options, (process) =>
      process.request('command/execute', call, options.signal),
    );
    this.checkResult(pluginId, call.command, result);
    return result;
  }

  /** Checks an input that may be incomplete; see `command/resolve`. */
  resolve(
    pluginId: string,
    call: CommandCall,
    deviceIds: Iterable<string>,
    options: CommandRunOptions = {},
  ): Promise<ResolveResult> {
    return this.granted(pluginId, call, deviceIds, options, (process) =>
      process.request('command/resolve', call, options.signal),
    );
  }

  private granted<R>(
    pluginId: string,
    { progressToken }: CommandCall,
    deviceIds: Iterable<string>,
    options: CommandRunOptions,
    action: (process: PluginProcess) => Promise<R>,
  ): Promise<R> {
    return this.supervisor.using(pluginId, async (process) => {
      const end = this.grants.begin(progressToken, {
        pluginId,
        devices: new Set(deviceIds),
        onProgress: (report) => options.onProgress?.(report),
      });
      try {
        return await action(process);
      } finally {
        await end();
      }
    });
  }

  /** What a plugin answers is held against what its manifest told the user. */
  private checkResult(pluginId: string, command: string, { kind }: CommandResult): void {
    const found = this.registry
      .commands()
      .find(({ plugin, contribution }) => plugin.id === pluginId && contribution.id === command);
    if (!found) throw new InvalidInputError(`plugin ${pluginId} has no command ${command}`);
    const { returns } = found.contribution;
    if (kind !== returns) throw new FailedError(`the command ${command} answered a ${kind}; its manifest says ${returns}`);
    if (kind === 'plan' && !found.plugin.manifest.capabilities?.includes('device.write')) {
      throw new CapabilityDeniedError(`plugin ${pluginId} answered a plan, but does not ask for the capability device.write`);
    }
  }
}
