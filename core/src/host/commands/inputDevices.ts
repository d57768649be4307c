import { type DiskwrightError, RefusedError } from '@diskwright/sdk/errors';
import type { CommandContribution, CommandInput, InputField, SectorSize } from '@diskwright/sdk/protocol';
import type { OpenedDevice } from '../../common';
import type { DeviceService } from '../devices/deviceService';
import { parseVolumeName, parseWholeDevice } from './deviceName';

/** Tells which running jobs write a device. */
export interface RunningJobs {
  runningOn(path: string): Promise<string[]>;
}

/** A field of a command's input that names a device or a volume. */
export interface DeviceField {
  field: string;
  definition: InputField & { type: 'string' };
  /** As the user gave it. */
  text: string;
}

/** What a field names, opened. */
export interface OpenedField extends DeviceField {
  device: OpenedDevice;
  /** Null for a whole device. */
  partition: number | null;
  /** Why the command may not use it now. */
  refusal: DiskwrightError | null;
}

/** A command's input with devices in the place of names. */
export interface ResolvedInput {
  /** As the plugin gets it: ids in the place of names. */
  input: CommandInput;
  /** As a plan keeps it: devices by their absolute names, since ids mean nothing later; without secrets. */
  lasting: CommandInput;
  named: Record<string, string>;
  deviceIds: string[];
}

const RELEASE_TARGET = 'Unmount or release it, then try again.';
const RELEASE_SOURCE = 'Unmount it, or mount it read-only; or end what writes it. Then try again.';

/** The fields of an input that name devices or volumes, as far as they are filled in. */
export function deviceFields({ input: schema }: CommandContribution, input: CommandInput): DeviceField[] {
  return Object.entries(schema.properties).flatMap(([field, definition]) => {
    const text = input[field];
    if (definition.type !== 'string' || typeof text !== 'string') return [];
    return definition.format === 'device' || definition.format === 'volume' ? [{ field, definition, text }] : [];
  });
}

/** The device that a field names and, of a volume, its partition. @throws InvalidInputError */
export function parseField({ definition, text }: DeviceField): { path: string; partition: number | null } {
  if (definition.format === 'device') return { path: parseWholeDevice(text), partition: null };
  const { device, partition } = parseVolumeName(text);
  return { path: device, partition };
}

/** Opens what a command's input names. */
export class InputDevices {
  constructor(
    private readonly devices: DeviceService,
    private readonly jobs: RunningJobs,
  ) {}

  /** @throws what parsing and opening throw; that it is in use is the answer's `refusal` */
  async open(
    contribution: CommandContribution,
    field: DeviceField,
    options: { sectorSize?: SectorSize; signal?: AbortSignal },
  ): Promise<OpenedField> {
    const { path, partition } = parseField(field);
    const device = await this.devices.open(path, options.sectorSize, options.signal);
    return { ...field, device, partition, refusal: await this.refusal(contribution, field, device) };
  }

  /** Why a device in use may not be written or, by a command that makes a plan, be read: a plan that copies from what is being written would be stale. */
  private async refusal(
    { returns }: CommandContribution,
    { definition }: DeviceField,
    { path, usage, writers }: OpenedDevice,
  ): Promise<RefusedError | null> {
    const writes = definition.access === 'write';
    const users = writes ? usage : returns === 'plan' ? writers : [];
    if (users.length === 0) return null;
    const [job] = await this.jobs.runningOn(path);
    const release = writes ? RELEASE_TARGET : RELEASE_SOURCE;
    const todo = job ? `Job ${job} is writing it: see "diskwright jobs show ${job}".` : release;
    return new RefusedError(`${path} is in use: ${users.map((use) => use.replace(/\.$/, '')).join('; ')}`, {
      device: path,
      todo,
    });
  }
}

/** Puts what was opened in the place of its names; device fields that were not are left out. */
export function withDevices(contribution: CommandContribution, input: CommandInput, opened: OpenedField[]): ResolvedInput {
  const resolved: ResolvedInput = { input: { ...input }, lasting: { ...input }, named: {}, deviceIds: [] };
  for (const [field, definition] of Object.entries(contribution.input.properties)) {
    if (definition.type === 'string' && definition.format === 'secret') delete resolved.lasting[field];
  }
  for (const { field } of deviceFields(contribution, input)) {
    delete resolved.input[field];
    delete resolved.lasting[field];
  }
  for (const { field, text, device, partition } of opened) {
    resolved.named[field] = text;
    resolved.deviceIds.push(device.deviceId);
    resolved.input[field] = partition === null ? device.deviceId : { deviceId: device.deviceId, partition };
    resolved.lasting[field] = partition === null ? device.path : `${device.path}#${partition}`;
  }
  return resolved;
}
