import { access } from 'node:fs/promises';
import { InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import { containerReading, filesBefore } from '../../common/containerName';
import type { ContainerOpener, OpenedNode, OpenOptions } from '../contracts';
import { detectSectorSize } from '../nodes/detectSectorSize';
import { tailNote } from '../nodes/tailText';
import type { PluginServing } from '../serving/pluginServing';
import { ServedNode, servingGone } from '../serving/servedNode';

export interface ContainerParts {
  /** Keeps a device open until {@link done}. */
  use(deviceId: string, signal?: AbortSignal): Promise<OpenedNode>;
  done(deviceId: string): void;
  serving: Pick<PluginServing, 'open'>;
}

/** Opens devices in containers: the host finds the members and the plugin that serves what is made of them. */
export class Containers implements ContainerOpener {
  constructor(private readonly parts: ContainerParts) {}

  async openNamed(name: string, { sectorSize: forced, signal }: OpenOptions): Promise<OpenedNode> {
    const { client, answer, release } = await this.parts.serving.open(
      name,
      (host, servingId) => host.request('container/serve', { servingId, path: name }, signal),
      signal,
    );
    const { plugin, type, members } = answer;
    const used: string[] = [];
    const close = (): void => {
      for (const deviceId of used) this.parts.done(deviceId);
      release();
    };
    try {
      const bases: OpenedNode[] = [];
      for (const deviceId of new Set(members.map((member) => member.deviceId))) {
        bases.push(await this.parts.use(deviceId, signal));
        used.push(deviceId);
      }
      const peek = (offset: number, length: number) => client.read(offset, length, signal).catch(() => null);
      const sectorSize = forced ?? answer.sectorSize ?? (await detectSectorSize(client.size, peek));
      const node = new ServedNode(name, client, { sectorSize, plugin, release: close });
      if (node.size === 0) throw new InvalidInputError(`${name} is empty`, { device: name });
      const tail = client.size - node.size;
      const gone = client.closed.then(() => servingGone(name, plugin));
      return {
        node,
        kind: 'image',
        model: null,
        serial: null,
        readOnly: true,
        notes: tail === 0 ? [] : [tailNote(name, tail, sectorSize)],
        storage: { kind: 'image', files: bases.map(({ storage }) => storage) },
        bases,
        ended: Promise.race([gone, ...bases.flatMap(({ ended }) => ended ?? [])]),
        container: { plugin, type, members: members.map((member) => member.name) },
      };
    } catch (error) {
      client.close();
      close();
      throw error;
    }
  }
}

/** Whether a device's name is that of a device in a container, `DEVICE#N@NAME`, and not that of a file beside us that is called so. */
export async function isContainerName(name: string): Promise<boolean> {
  const reading = containerReading(name);
  if (!reading) return false;
  const found = await Promise.allSettled(filesBefore(name, reading).map((file) => access(file)));
  return found.every(({ status }) => status === 'rejected');
}

export function containerTarget(name: string): RefusedError {
  return new RefusedError(`${name} is a device in a container: it can be read, not written`, {
    device: name,
    todo: 'Name another target. To overwrite what holds it, with all that is in it, name the disk that the container lies on.',
  });
}
