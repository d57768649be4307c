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
import { parseDeviceName } from './deviceName';

/** Runs a command in its plugin, which may use just these devices meanwhile. */
export interface CommandRunner {
  run(
    pluginId: string,
    call: { command: string; input: CommandInput; named: Record<string, string>; progressToken: string },
    deviceIds: string[],
    options: { signal?: AbortSignal; onProgress?(progress: Progress): void },
  ): Promise<CommandResult>;
}

interface ResolvedInput {
  input: CommandInput;
  named: Record<string, string>;
  deviceIds: string[];
}

export interface ExecuteOptions {
  signal?: AbortSignal;
  onProgress?(progress: Progress): void;
  /** Forces the sector size of image files among the devices. */
  sectorSize?: SectorSize;
}

/** Commands that plugins contribute, called with the names that a user gives. */
export class CommandService {
  constructor(
    private readonly registry: PluginRegistry,
    private readonly devices: DeviceService,
    private readonly runner: CommandRunner,
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
    return this.runner.run(found.plugin.id, call, resolved.deviceIds, options);
  }

  /** Opens what the input names, and puts ids in the place of names. */
  private async resolveDevices(
    contribution: CommandContribution,
    input: CommandInput,
    sectorSize?: SectorSize,
  ): Promise<ResolvedInput> {
    const resolved: ResolvedInput = { input: { ...input }, named: {}, deviceIds: [] };
    for (const [field, definition] of Object.entries(contribution.input.properties)) {
      const value = input[field];
      if (definition.type !== 'string' || typeof value !== 'string') continue;
      if (definition.format !== 'device' && definition.format !== 'volume') continue;
      const { path, partition } = nameOf(field, definition, value);
      const device = await this.devices.open(path, sectorSize);
      if (definition.access === 'write') refuseInUse(device.path, device.usage);
      resolved.named[field] = value;
      resolved.deviceIds.push(device.deviceId);
      resolved.input[field] = partition === null ? device.deviceId : { deviceId: device.deviceId, partition };
    }
    return resolved;
  }
}

function nameOf(
  field: string,
  definition: InputField & { type: 'string' },
  value: string,
): { path: string; partition: number | null } {
  const { device, partition, path } = parseDeviceName(value);
  if (path !== null) throw new InvalidInputError(`${field}: "${value}" names a file, not a ${definition.format}`);
  if (definition.format === 'device' && partition !== null) {
    throw new InvalidInputError(`${field}: "${value}" names a partition, and a whole device is needed`, {
      todo: `Write ${device}.`,
    });
  }
  if (definition.format === 'volume' && partition === null) {
    throw new InvalidInputError(`${field}: "${value}" names no volume`, {
      todo: 'Write DEVICE#N for partition N, or DEVICE#0 for the whole device as one volume.',
    });
  }
  return { path: device, partition };
}

function refuseInUse(path: string, usage: string[]): void {
  if (usage.length === 0) return;
  throw new RefusedError(`${path} is in use: ${usage.join('; ')}`, {
    device: path,
    todo: 'Unmount or release it, then try again.',
  });
}
