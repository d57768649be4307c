import { randomUUID } from 'node:crypto';
import { InvalidInputError } from '@diskwright/sdk/errors';
import type { CommandContribution, CommandInput, Progress, ResolveResult, SectorSize } from '@diskwright/sdk/protocol';
import type { DeviceService } from '../devices/deviceService';
import { type CapabilityGrants, deniedError, type MissingGrant } from '../plugins/grants/capabilityGrants';
import type { ContributedCommand, InstalledPlugin } from '../plugins/pluginRecord';
import type { CommandOutcome } from '../plugins/pluginCommandRunner';
import type { PluginRegistry } from '../plugins/pluginRegistry';
import { checkInput } from './commandInput';
import { CommandResolver, type Resolution } from './commandResolver';
import { missingGrants, requireGivenTargets } from './commandGrants';
import { withDependents } from './dependentFields';
import {
  deviceFields,
  InputDevices,
  type Layouts,
  type OpenedField,
  parseField,
  type RunningJobs,
  withDevices,
} from './inputDevices';
import { withFolders } from './inputFolders';

interface CommandCall {
  command: string;
  input: CommandInput;
  named: Record<string, string>;
  progressToken: string;
}

/** Runs a command in its plugin, which may use just these devices meanwhile. */
export interface CommandRunner {
  run(
    pluginId: string,
    call: CommandCall,
    deviceIds: string[],
    options: { signal?: AbortSignal; onProgress?(progress: Progress): void; folders?: ReadonlyMap<string, string> },
  ): Promise<CommandOutcome>;
  resolve(pluginId: string, call: CommandCall, deviceIds: string[], options: { signal?: AbortSignal }): Promise<ResolveResult>;
}

export interface ExecuteOptions {
  signal?: AbortSignal;
  onProgress?(progress: Progress): void;
  /** Forces the sector size of image files among the devices. */
  sectorSize?: SectorSize;
  /** Asks the user to grant what a plugin needs. @throws CancelledError when the user does not; without it nobody is asked */
  ask?(missing: readonly MissingGrant[]): Promise<void>;
}

/** Commands that plugins contribute, called with the names that a user gives. */
export class CommandService {
  private readonly inputDevices: InputDevices;
  private readonly resolver: CommandResolver;

  constructor(
    private readonly registry: PluginRegistry,
    devices: DeviceService,
    private readonly runner: CommandRunner,
    jobs: RunningJobs,
    layouts: Layouts,
    private readonly grants: CapabilityGrants,
  ) {
    this.inputDevices = new InputDevices(devices, jobs, layouts);
    this.resolver = new CommandResolver(devices, this.inputDevices, layouts, runner, grants);
  }

  /**
   * Runs a command.
   * @param input by the command's schema; devices and volumes as the user names them
   * @returns a list keeps its devices and its plugin in use until it has ended or is closed
   * @throws InvalidInputError listing every field that is wrong, RefusedError for a target in use, CapabilityDeniedError for a device that the
   * plugin was not granted, and whatever the command says
   */
  async execute(id: string, input: CommandInput, options: ExecuteOptions): Promise<CommandOutcome> {
    const { plugin, contribution } = this.find(id);
    const checked = checkInput(contribution.input, input);
    if (checked.errors.length > 0) {
      throw new InvalidInputError(`the input of ${id} is not right`, {
        details: checked.errors.map(({ field, message }) => `${field}: ${message}`),
      });
    }
    const opened = await this.openDevices(contribution, checked.input, options);
    await this.requireGrants(plugin, opened, options);
    const devices = withDevices(contribution, checked.input, opened);
    const judge = (judged: CommandInput): Promise<ResolveResult> => {
      const question = { command: id, input: judged, named: devices.named, progressToken: randomUUID() };
      return this.runner.resolve(plugin.id, question, devices.deviceIds, options);
    };
    const resolved = await withDependents(contribution, devices, judge);
    const folders = withFolders(contribution, resolved);
    const call = { command: id, input: resolved.input, named: resolved.named, progressToken: randomUUID() };
    const result = await this.runner.run(plugin.id, call, resolved.deviceIds, { ...options, folders });
    if (result.kind !== 'plan') return result;
    requireGivenTargets(plugin, result.plan, opened);
    const { plugin: maker } = result.plan.command;
    return { ...result, plan: { ...result.plan, command: { id, input: resolved.lasting, ...(maker && { plugin: maker }) } } };
  }

  /** What the plugin of a command has not been granted of the devices in an input. @throws as {@link execute} before it runs */
  async missingGrants(id: string, input: CommandInput, signal?: AbortSignal): Promise<MissingGrant[]> {
    const { plugin, contribution } = this.find(id);
    const { input: checked } = checkInput(contribution.input, input);
    await this.grants.refresh();
    return missingGrants(this.grants, plugin, await this.openDevices(contribution, checked, { signal }));
  }

  /**
   * Judges an input that may be incomplete, for a form.
   * @throws InvalidInputError for an unknown command, PeerGoneError and such of the plugin; what is wrong with the input is in the answer
   */
  resolve(id: string, input: CommandInput, signal?: AbortSignal): Promise<Resolution> {
    return this.resolver.resolve(this.find(id), input, signal);
  }

  private async requireGrants(plugin: InstalledPlugin, opened: readonly OpenedField[], { ask }: ExecuteOptions): Promise<void> {
    await this.grants.refresh();
    const missing = missingGrants(this.grants, plugin, opened);
    if (missing.length === 0) return;
    if (!ask) throw deniedError(missing);
    await ask(missing);
    for (const { capability, device } of missing) await this.grants.grant(plugin.id, capability, device);
  }

  /** @throws InvalidInputError */
  private find(id: string): ContributedCommand {
    const commands = this.registry.commands();
    const found = commands.find(({ contribution }) => contribution.id === id);
    if (found) return found;
    const ids = commands.map(({ contribution }) => contribution.id);
    throw new InvalidInputError(`there is no command "${id}"`, { todo: `There are: ${ids.join(', ')}.` });
  }

  /** One after the other, so that the first that is wrong is what the user is told of. */
  private async openDevices(
    contribution: CommandContribution,
    input: CommandInput,
    options: ExecuteOptions,
  ): Promise<OpenedField[]> {
    const opened: OpenedField[] = [];
    for (const field of deviceFields(contribution, input)) {
      try {
        parseField(field);
      } catch (error) {
        if (!(error instanceof InvalidInputError)) throw error;
        throw new InvalidInputError(`${field.field}: ${error.message}`, error.detail);
      }
      const found = await this.inputDevices.open(contribution, field, options);
      if (found.refusal) throw found.refusal;
      opened.push(found);
    }
    return opened;
  }
}
