import { randomUUID } from 'node:crypto';
import { InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import type {
  CommandContribution,
  CommandInput,
  CommandResult,
  InputField,
  Progress,
  SectorSize,
} from '@diskwright/sdk/protocol';
import type { DeviceService } from '../devices/deviceService';
import type { PluginRegistry } from '../plugins/pluginRegistry';
import { checkInput } from './commandInput';
import { parseVolumeName, parseWholeDevice } from './deviceName';

/** Runs a command in its plugin, which may use just these devices meanwhile. */
export interface CommandRunner {
  run(
    pluginId: string,
    call: { command: string; input: CommandInput; named: Record<string, string>; progressToken: string },
    deviceIds: string[],
    options: { signal?: AbortSignal; onProgress?(progress: Progress): void },
  ): Promise<CommandResult>;
}

/** Tells which running jobs write a device. */
export interface RunningJobs {
  runningOn(path: string): Promise<string[]>;
}

interface ResolvedInput {
  /** As the plugin gets it: ids in the place of names. */
  input: CommandInput;
  /** As a plan keeps it: devices by their absolute names, since ids mean nothing later; without secrets. */
  lasting: CommandInput;
  named: Record<string, string>;
  deviceIds: string[];
}

export interface ExecuteOptions {
  signal?: AbortSignal;
  onProgress?(progress: Progress): void;
  /** Forces the sector size of image files among the devices. */
  sectorSize?: SectorSize;
}

const RELEASE_TARGET = 'Unmount or release it, then try again.';
const RELEASE_SOURCE = 'Unmount it, or mount it read-only; or end what writes it. Then try again.';

/** Commands that plugins contribute, called with the names that a user gives. */
export class CommandService {
  constructor(
    private readonly registry: PluginRegistry,
    private readonly devices: DeviceService,
    private readonly runner: CommandRunner,
    private readonly jobs: RunningJobs,
  ) {}

  /**
   * Runs a command.
   * @param input by the command's schema; devices and volumes as the user names them
   * @throws InvalidInputError listing every field that is wrong, RefusedError for a target in use, and whatever the command says
   */
  async execute(id: string, input: CommandInput, options: ExecuteOptions): Promise<CommandResult> {
    const found = this.registry.commands().find(({ contribution }) => contribution.id === id);
    if (!found) {
      const ids = this.registry.commands().map(({ contribution }) => contribution.id);
      throw new InvalidInputError(`there is no command "${id}"`, { todo: `There are: ${ids.join(', ')}.` });
    }
    const checked = checkInput(found.contribution.input, input);
    if (checked.errors.length > 0) {
      throw new InvalidInputError(`the input of ${id} is not right`, {
        details: checked.errors.map(({ field, message }) => `${field}: ${message}`),
      });
    }
    const resolved = await this.resolveDevices(found.contribution, checked.input, options.sectorSize);
    const call = { command: id, input: resolved.input, named: resolved.named, progressToken: randomUUID() };
    const result = await this.runner.run(found.plugin.id, call, resolved.deviceIds, options);
    if (result.kind !== 'plan') return result;
    return { ...result, plan: { ...result.plan, command: { id, input: resolved.lasting } } };
  }

  /** Opens what the input names, and puts ids in the place of names. */
  private async resolveDevices(
    contribution: CommandContribution,
    input: CommandInput,
    sectorSize?: SectorSize,
  ): Promise<ResolvedInput> {
    const resolved: ResolvedInput = { input: { ...input }, lasting: { ...input }, named: {}, deviceIds: [] };
    for (const [field, definition] of Object.entries(contribution.input.properties)) {
      const value = input[field];
      if (definition.type !== 'string' || typeof value !== 'string') continue;
      if (definition.format === 'secret') delete resolved.lasting[field];
      if (definition.format !== 'device' && definition.format !== 'volume') continue;
      const { path, partition } = nameOf(field, definition, value);
      const device = await this.devices.open(path, sectorSize);
      if (definition.access === 'write') await this.refuseInUse(device.path, device.usage, RELEASE_TARGET);
      // A plan that copies from what is being written would be stale before it is applied.
      else if (contribution.returns === 'plan') await this.refuseInUse(device.path, device.writers, RELEASE_SOURCE);
      resolved.named[field] = value;
      resolved.deviceIds.push(device.deviceId);
      resolved.input[field] = partition === null ? device.deviceId : { deviceId: device.deviceId, partition };
      resolved.lasting[field] = partition === null ? device.path : `${device.path}#${partition}`;
    }
    return resolved;
  }

  private async refuseInUse(path: string, usage: string[], release: string): Promise<void> {
    if (usage.length === 0) return;
    const [job] = await this.jobs.runningOn(path);
    const todo = job ? `Job ${job} is writing it: see "diskwright jobs show ${job}".` : release;
    throw new RefusedError(`${path} is in use: ${usage.map((use) => use.replace(/\.$/, '')).join('; ')}`, { device: path, todo });
  }
}

/** The device and, for a volume, its partition. @throws InvalidInputError naming the field */
function nameOf(
  field: string,
  { format }: InputField & { type: 'string' },
  value: string,
): { path: string; partition: number | null } {
  try {
    if (format === 'device') return { path: parseWholeDevice(value), partition: null };
    const { device, partition } = parseVolumeName(value);
    return { path: device, partition };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError(`${field}: ${error.message}`, error.detail);
  }
}
