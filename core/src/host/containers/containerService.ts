import { InvalidInputError, RefusedError, SecretNeededError } from '@diskwright/sdk/errors';
import type { ContainerDescription, ContainerDevice, ContainerSummary, VolumeRef } from '@diskwright/sdk/protocol';
import type { ServiceParams, ServiceResult } from '../../common';
import { containerReading, membersText, memberText } from '../../common/containerName';
import { parseVolumeName } from '../commands/deviceName';
import type { DeviceService } from '../devices/deviceService';
import { HeldOpen, type HeldOpenOptions } from '../providers/heldOpen';
import type { HeldContainer, HostProviders } from '../providers/hostProviders';
import type { ProviderBroker } from '../providers/providerBroker';
import type { Servings } from '../serving/servings';
import { type ContainerSecrets, neededFor } from './containerSecrets';

type Serving = ServiceParams<'container/serve'>;
type ServedDevice = ServiceResult<'container/serve'>;

/** Opening an encrypted one takes seconds by intent, so that it is kept for longer than a volume. */
const TIMES: HeldOpenOptions = { idleMilliseconds: 4_000, freshMilliseconds: 60_000, maximumHeld: 16 };

export interface ContainerParts {
  devices: DeviceService;
  broker: Pick<ProviderBroker, 'serveDevice' | 'containersKnowing'>;
  providers: Pick<HostProviders, 'openContainer'>;
  servings: Servings;
  secrets: ContainerSecrets;
}

/** Opens what lies on volumes and holds devices itself: volume groups, arrays, encrypted containers. */
export class ContainerService {
  private readonly held = new HeldOpen<HeldContainer | null>(TIMES);

  constructor(private readonly parts: ContainerParts) {}

  /** What a volume is a member of, with a passphrase that was given beforehand, without asking anybody for one; null when no plugin knows it as one. @throws what opening it throws */
  async describe(volume: VolumeRef, signal?: AbortSignal): Promise<ContainerSummary | null> {
    const [first] = await this.parts.broker.containersKnowing(volume, signal);
    if (!first) return null;
    const known = async (container: HeldContainer | null): Promise<ContainerSummary | null> => {
      if (!container) return null;
      const { type, label, uuid, details, warnings, devices } = container.description;
      return { plugin: container.provider, type, label, uuid, details, warnings, devices, locked: null };
    };
    try {
      return await this.unlocked([volume], known, true, signal);
    } catch (error) {
      if (!(error instanceof SecretNeededError)) throw error;
      const { plugin, contribution } = first;
      const nothing = { label: null, uuid: null, details: [], warnings: [], devices: [] };
      return { plugin: plugin.id, type: contribution.title, ...nothing, locked: error.message };
    }
  }

  /**
   * Has a plugin serve the device that an absolute name stands for, and asks for a passphrase where one is needed.
   * @throws InvalidInputError when there is no such container or device, RefusedError when it is not available, SecretNeededError
   */
  async serve({ servingId, path }: Serving, signal?: AbortSignal): Promise<ServedDevice> {
    const reading = containerReading(path);
    if (!reading) throw new InvalidInputError(`"${path}" names no device in a container`);
    const members: VolumeRef[] = [];
    for (const { device, partition } of reading.members) {
      const { deviceId } = await this.parts.devices.open(device, undefined, signal);
      members.push({ deviceId, partition });
    }
    return this.parts.servings.serve<HeldContainer | null, ServedDevice>(
      servingId,
      (use) =>
        this.unlocked(members, use, false, signal).catch((error: unknown) => {
          if (!(error instanceof SecretNeededError)) throw error;
          throw neededFor(nameOf(this.parts.devices, members[0]!), error);
        }),
      async (container, connect) => {
        const { handle, provider, description, members: found } = requireContainer(container, path);
        const { sectorSize, name } = requireDevice(description, path, reading.name);
        await this.parts.broker.serveDevice(handle, name, await connect(), signal);
        const named = found.map((member) => ({ name: nameOf(this.parts.devices, member), deviceId: member.deviceId }));
        return { plugin: provider, type: description.type, sectorSize, members: named };
      },
    );
  }

  /**
   * Gives a passphrase for the container that a volume is a member of, and makes sure that it opens it.
   * @param volume `DEVICE#N`
   * @throws SecretNeededError when it is wrong; it is not kept then
   */
  async unlock(volume: string, text: string, signal?: AbortSignal): Promise<void> {
    const { device, partition } = parseVolumeName(volume);
    const { deviceId } = await this.parts.devices.open(device, undefined, signal);
    const name = nameOf(this.parts.devices, { deviceId, partition });
    const secret = { text, keyFile: null };
    this.parts.secrets.give(name, secret);
    // What is open, or being opened without it, would say nothing of it.
    this.forget(deviceId);
    try {
      await this.use([{ deviceId, partition }], async () => undefined, signal);
    } catch (error) {
      if (error instanceof SecretNeededError) this.parts.secrets.forget(name, secret);
      throw error;
    }
  }

  /** The plugins that may be asked for what an absolute name stands for, by their ids; none of a name that means no container. */
  async identify(path: string, signal?: AbortSignal): Promise<string[]> {
    const first = containerReading(path)?.members[0];
    if (!first) return [];
    const { deviceId } = await this.parts.devices.open(first.device, undefined, signal);
    const known = await this.parts.broker.containersKnowing({ deviceId, partition: first.partition }, signal);
    return known.map(({ plugin }) => plugin.id);
  }

  /** The content of a device changed, or it is to be closed. */
  forget(deviceId: string): void {
    this.held.forget((key) => key.includes(deviceId));
  }

  /** Closes all that nobody uses: other plugins may provide them from now on. */
  closeAll(): void {
    this.held.forget(() => true);
  }

  /** {@link use}, with a passphrase that is asked for until it is right, or nobody gives one. */
  private async unlocked<R>(
    members: readonly VolumeRef[],
    action: (container: HeldContainer | null) => Promise<R>,
    quiet: boolean,
    signal?: AbortSignal,
  ): Promise<R> {
    const { secrets, devices } = this.parts;
    const volume = nameOf(devices, members[0]!);
    for (;;) {
      const given = secrets.of(volume);
      try {
        return await this.use(members, action, signal);
      } catch (error) {
        if (!(error instanceof SecretNeededError)) throw error;
        if (given !== null) secrets.forget(volume, given);
        if (!(await secrets.ask({ volume, wrong: given !== null, message: error.message, quiet }))) throw error;
      }
    }
  }

  private use<R>(
    members: readonly VolumeRef[],
    action: (container: HeldContainer | null) => Promise<R>,
    signal?: AbortSignal,
  ): Promise<R> {
    const { providers, secrets, devices } = this.parts;
    const secret = secrets.of(nameOf(devices, members[0]!));
    const key = members.map(({ deviceId, partition }) => `${deviceId}#${partition}`).join('+');
    return this.held.use(key, () => providers.openContainer(members, secret), action, signal);
  }
}

/** @throws InvalidInputError when there is none */
function requireContainer(container: HeldContainer | null, path: string): HeldContainer {
  if (container) return container;
  throw new InvalidInputError(`${volumesOf(path)} is no volume group, array or encrypted container that a plugin knows`, {
    device: path,
    todo: 'See "diskwright layout DEVICE" for what its partitions hold.',
  });
}

/**
 * By its name, or `LABEL/NAME`, as `group/root` of a volume group.
 * @throws InvalidInputError when there is none of that name, RefusedError when it is not available
 */
function requireDevice({ label, devices }: ContainerDescription, path: string, name: string): ContainerDevice {
  const found = devices.find((device) => device.name === name) ?? devices.find((device) => `${label}/${device.name}` === name);
  if (!found) {
    const names = devices.map((device) => device.name).join(', ');
    throw new InvalidInputError(`there is no device "${name}" in the container of ${volumesOf(path)}`, {
      device: path,
      todo: names === '' ? 'It holds none.' : `It holds ${names}.`,
    });
  }
  if (found.unavailable === undefined) return found;
  throw new RefusedError(`${path} is not available: ${found.unavailable}`, {
    device: path,
    todo: 'Where volumes are missing, name them, too: A#1+B#1@NAME. Partitions of the same disks are found without being named.',
  });
}

const volumesOf = (path: string): string => membersText(containerReading(path)!.members);

/** As it is written, absolute. */
function nameOf(devices: DeviceService, { deviceId, partition }: VolumeRef): string {
  return memberText({ device: devices.get(deviceId).path, partition });
}
