import type { ContainerDescription } from '@diskwright/sdk/protocol';
import type { ConformanceContainer } from '@diskwright/sdk/testing';
import { containerText } from '../../../common/containerName';
import type { Host } from '../../host';
import type { HeldContainer } from '../../providers/hostProviders';

/** Files that a container lies on. */
export interface ContainerImage {
  /** The first is the one that is asked about. */
  paths: readonly string[];
  sectorSize?: 512 | 4096;
  passphrase?: string;
}

/**
 * Has the container of the files opened through the host, by the plugin in its sandbox, while `use` looks at it.
 * @param use gets null when no plugin knows it
 * @throws what opening it throws
 */
export async function withContainer<T>(
  host: Host,
  { paths, sectorSize, passphrase }: ContainerImage,
  signal: AbortSignal,
  use: (container: HeldContainer | null) => Promise<T>,
): Promise<T> {
  const opened: string[] = [];
  try {
    for (const path of paths) opened.push((await host.devices.open(path, sectorSize, signal)).deviceId);
    const secret = passphrase === undefined ? null : { text: passphrase, keyFile: null };
    const members = opened.map((deviceId) => ({ deviceId, partition: 0 }));
    const container = await host.plugins.providers.openContainer(members, secret);
    try {
      return await use(container);
    } finally {
      await container?.close();
    }
  } finally {
    for (const deviceId of opened) await host.devices.close(deviceId);
  }
}

/** A container as everybody sees it who opens its devices by their names: they are served by the plugin, and read by the sector service. */
export function hostContainer(
  host: Host,
  { paths, passphrase }: ContainerImage,
  description: ContainerDescription,
  signal: AbortSignal,
): ConformanceContainer {
  const members = paths.map((device) => ({ device, partition: 0 }));
  return {
    description,
    withDevice: async (name, use) => {
      // The passphrase is kept by the name of the first member.
      if (passphrase !== undefined) await host.containers.unlock(`${paths[0]!}#0`, passphrase, signal);
      const { deviceId, size } = await host.devices.open(containerText({ members, name }), undefined, signal);
      try {
        return await use(size, (offset, length) => host.devices.peek(deviceId, offset, length, signal));
      } finally {
        await host.devices.close(deviceId);
      }
    },
  };
}
