import { type DiskwrightError, InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import type { CommandContribution, CommandInput, DeviceLayout, InputField, SectorSize } from '@diskwright/sdk/protocol';
import type { OpenedDevice } from '../../common';
import { isSecret } from '../../common/commands/isSecret';
import { namesDevice } from '../../common/commands/namesDevice';
import type { DeviceService } from '../devices/deviceService';
import { parseVolumeName, parseVolumePath, parseWholeDevice } from './deviceName';
import { volumeChoices } from './volumeChoices';

/** What is known of an input beforehand, and of what comes of it. */
type Described = Pick<CommandContribution, 'input' | 'returns'>;

/** Tells which running jobs write a device. */
export interface RunningJobs {
  runningOn(path: string): Promise<string[]>;
}

/** Puts a device's layout together. */
export interface Layouts {
  read(deviceId: string, signal?: AbortSignal): Promise<DeviceLayout>;
}

/** A field of a command's input that names a device, a volume or a file in one. */
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
  /** Of a file or folder in the volume; null for the volume itself. */
  inVolume: string | null;
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

/** The fields of an input that name devices, volumes or files in them, as far as they are filled in. */
export function deviceFields({ input: schema }: Described, input: CommandInput): DeviceField[] {
  return Object.entries(schema.properties).flatMap(([field, definition]) => {
    const text = input[field];
    return namesDevice(definition) && typeof text === 'string' ? [{ field, definition, text }] : [];
  });
}

/** The device that a field names, of a volume its partition if one is named, and of a file in it its path there. @throws InvalidInputError */
export function parseField({ definition, text }: DeviceField): {
  device: string;
  partition: number | null;
  inVolume: string | null;
} {
  switch (definition.format) {
    case 'device':
      return { device: parseWholeDevice(text), partition: null, inVolume: null };
    case 'volumePath': {
      const { path, ...volume } = parseVolumePath(text);
      return { ...volume, inVolume: path };
    }
    default:
      return { ...parseVolumeName(text), inVolume: null };
  }
}

/** Opens what a command's input names. */
export class InputDevices {
  constructor(
    private readonly devices: DeviceService,
    private readonly jobs: RunningJobs,
    private readonly layouts: Layouts,
  ) {}

  /** @throws what parsing and opening throw; that it is in use is the answer's `refusal` */
  async open(
    contribution: Described,
    field: DeviceField,
    options: { sectorSize?: SectorSize; signal?: AbortSignal },
  ): Promise<OpenedField> {
    const { device: name, inVolume, ...named } = parseField(field);
    const writes = field.definition.access === 'write';
    const isJudged = writes || contribution.returns === 'plan';
    const device = await this.devices.open(name, options.sectorSize, options.signal, isJudged ? 'users' : undefined);
    const partition = inVolume === null ? named.partition : (named.partition ?? (await this.onlyVolume(name, device, options)));
    return { ...field, partition, inVolume, device, refusal: isJudged ? await this.refusal(writes, device) : null };
  }

  /** The volume that a device's name stands for where a file is meant. @throws InvalidInputError when it has several, naming them */
  private async onlyVolume(name: string, { deviceId }: OpenedDevice, { signal }: { signal?: AbortSignal }): Promise<number> {
    const volumes = volumeChoices(name, await this.layouts.read(deviceId, signal));
    const [only] = volumes;
    if (only && volumes.length === 1) return parseVolumeName(only.value).partition;
    throw new InvalidInputError(`"${name}" has ${volumes.length === 0 ? 'no volume' : `${volumes.length} volumes`}`, {
      todo: volumes.length === 0 ? `Write ${name}#0:/ for the whole device as one volume.` : 'Write one of these.',
      details: volumes.map(({ value, label }) => `${value}:/  ${label}`),
    });
  }

  /** Why a device in use may not be written or, by a command that makes a plan, be read: a plan that copies from what is being written would be stale. */
  private async refusal(writes: boolean, { path, usage = [], writers = [] }: OpenedDevice): Promise<RefusedError | null> {
    const users = writes ? usage : writers;
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
export function withDevices(contribution: Described, input: CommandInput, opened: OpenedField[]): ResolvedInput {
  const resolved: ResolvedInput = { input: { ...input }, lasting: { ...input }, named: {}, deviceIds: [] };
  for (const [field, definition] of Object.entries(contribution.input.properties)) {
    if (isSecret(definition)) delete resolved.lasting[field];
  }
  for (const { field } of deviceFields(contribution, input)) {
    delete resolved.input[field];
    delete resolved.lasting[field];
  }
  for (const { field, text, device, partition, inVolume } of opened) {
    resolved.named[field] = text;
    resolved.deviceIds.push(device.deviceId);
    const inside = inVolume === null ? {} : { path: inVolume };
    resolved.input[field] = partition === null ? device.deviceId : { deviceId: device.deviceId, partition, ...inside };
    const volume = partition === null ? device.path : `${device.path}#${partition}`;
    resolved.lasting[field] = inVolume === null ? volume : `${volume}:${inVolume}`;
  }
  return resolved;
}
