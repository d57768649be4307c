import { CapabilityDeniedError, FailedError, InvalidInputError } from '@diskwright/sdk/errors';
import type { CommandAnswer, CommandResult, Plan, PluginParams, Progress, ResolveResult } from '@diskwright/sdk/protocol';
import { secretsIn } from '../../common/commands/isSecret';
import type { ProviderBroker } from '../providers/providerBroker';
import type { PluginGrants } from './pluginGrants';
import type { PluginProcess } from './pluginProcess';
import { closeList, PluginList } from './pluginList';
import type { PluginRegistry } from './pluginRegistry';
import type { PluginSupervisor } from './pluginSupervisor';

export interface CommandRunOptions {
  signal?: AbortSignal;
  onProgress?(report: Progress): void;
  /** Folders that the user picked, by the ids in the input. */
  folders?: ReadonlyMap<string, string>;
}
/** What a command answered; whoever gets a list closes it. */
export type CommandOutcome = CommandResult | { kind: 'list'; list: PluginList };
/** A command with its input, valid by its schema, device ids in the place of names. */
export type CommandCall = PluginParams<'command/execute'>;

/** A call of a plugin's command. */
interface Running {
  process(): Promise<PluginProcess>;
  end(): Promise<void>;
}

/** Runs commands in their plugins: starts the plugin, hands it the devices for as long as it runs, and holds the result against the manifest. */
export class PluginCommandRunner {
  constructor(
    private readonly registry: PluginRegistry,
    private readonly supervisor: PluginSupervisor,
    private readonly grants: PluginGrants,
    private readonly broker: ProviderBroker,
  ) {}

  /**
   * @param deviceIds the devices in the input; the plugin may use just these, until the command and the list that it answered have ended
   * @throws what the command says, PeerGoneError when the plugin ends meanwhile, CancelledError
   */
  async run(
    pluginId: string,
    call: CommandCall,
    deviceIds: Iterable<string>,
    options: CommandRunOptions = {},
  ): Promise<CommandOutcome> {
    const running = this.begin(pluginId, call, deviceIds, options);
    let list: PluginList | null = null;
    try {
      const process = await running.process();
      const result = await this.execute(process, call, options.signal);
      if (result.kind === 'plan') return { ...result, plan: madeBy(process, result.plan) };
      if (result.kind !== 'list') return result;
      list = new PluginList(process, this.broker, result.list, running.end);
      return { kind: 'list', list };
    } finally {
      if (!list) await running.end();
    }
  }

  /** Checks an input that may be incomplete; see `command/resolve`. */
  async resolve(
    pluginId: string,
    call: CommandCall,
    deviceIds: Iterable<string>,
    options: CommandRunOptions = {},
  ): Promise<ResolveResult> {
    const running = this.begin(pluginId, call, deviceIds, options);
    try {
      return await (await running.process()).request('command/resolve', call, options.signal);
    } finally {
      await running.end();
    }
  }

  /** The plugin is in use, and may use the devices, until `end`, which may be called again. */
  private begin(
    pluginId: string,
    { command, input, progressToken }: CommandCall,
    deviceIds: Iterable<string>,
    options: CommandRunOptions,
  ): Running {
    const use = this.supervisor.use(pluginId);
    const devices = new Set(deviceIds);
    let withdraw: (() => Promise<void>) | null = null;
    return {
      process: async () => {
        const process = await use.activate();
        const called = process.plugin.manifest.contributes.commands?.find(({ id }) => id === command);
        if (called) process.log.hidden.add(secretsIn(called, input));
        withdraw = this.grants.begin(progressToken, {
          plugin: process.plugin,
          devices,
          folders: options.folders ?? new Map(),
          onProgress: (report) => options.onProgress?.(report),
        });
        return process;
      },
      end: async () => {
        await withdraw?.();
        withdraw = null;
        use.release();
      },
    };
  }

  private async execute(process: PluginProcess, call: CommandCall, signal?: AbortSignal): Promise<CommandAnswer> {
    let result: CommandAnswer | null = null;
    try {
      result = await process.request('command/execute', call, signal);
      this.checkResult(process.plugin.id, call.command, result);
      return result;
    } catch (error) {
      // Cancelled at its last moment, it may have answered a list all the same; and so has one that answers what it should not.
      if (signal?.aborted || result?.kind === 'list') await closeList(process, call.progressToken);
      throw error;
    }
  }

  /** What a plugin answers is held against what its manifest told the user. */
  private checkResult(pluginId: string, command: string, { kind }: CommandAnswer): void {
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

/** With the very version that ran, which another one may have replaced meanwhile. */
function madeBy({ plugin: { id, version } }: PluginProcess, plan: Plan): Plan {
  return { ...plan, command: { ...plan.command, plugin: { id, version } } };
}
