import type { StructureField } from '@diskwright/sdk/protocol';
import type { VolumeProxy } from '@diskwright/sdk/runtime';
import type { FileRange } from '@diskwright/sdk/testing';
import type { Host } from '../../host';
import { type Ask, askDamaged } from './askDamaged';
import type { Subject } from './subject';

/** Of a tree that damage made endless. */
const MOST_ENTRIES = 200;
const MOST_STRUCTURES = 200;
const MOST_FIELDS = 20_000;

/** An image of a filesystem. */
export interface VolumeImage {
  name: string;
  path: string;
  sectorSize?: 512 | 4096;
}

/** A volume to be mutated: where its structures lie, its plugin says. */
export async function mutatedVolume(
  host: Host,
  { name, path, sectorSize }: VolumeImage,
  mend: Subject['mend'],
  signal: AbortSignal,
): Promise<Subject> {
  const fields: FileRange[] = [];
  const add = ({ offset, length, fields: inner }: StructureField): void => {
    if (inner && inner.length > 0) for (const field of inner) add(field as StructureField);
    else if (length > 0 && fields.length < MOST_FIELDS) fields.push({ file: 0, offset, length });
  };
  await withVolume(host, path, sectorSize, signal, async (volume) => {
    for await (const structure of volume!.structures()) for (const field of structure.fields) add(field);
  });
  return { name, paths: [path], fields, mend, ask: ([changed]) => isTold(host, changed!, sectorSize, signal) };
}

function isTold(host: Host, path: string, sectorSize: 512 | 4096 | undefined, signal: AbortSignal): Promise<boolean> {
  return askDamaged((ask, tell) =>
    withVolume(host, path, sectorSize, signal, async (volume) => {
      if (!volume) return tell();
      await ask(() => volume.info());
      await ask(() => volume.allocation());
      await ask(() => volume.commitExtents());
      await ask(async () => ((await volume.check()).length > 0 ? tell() : undefined));
      await ask(() => taken(volume.structures(), MOST_STRUCTURES));
      await ask(() => look(volume, ask));
    }),
  );
}

async function look(volume: VolumeProxy, ask: Ask): Promise<void> {
  const root = await volume.lookup('/');
  if (!root) return;
  for (const { node, type, damage } of await taken(volume.walk(root.node, { recursive: true, metadata: true }), MOST_ENTRIES)) {
    // It said so already; there may be no such node.
    if (damage !== undefined) continue;
    if (type === 'symlink') await ask(() => volume.readlink(node));
    if (type !== 'file') continue;
    await ask(() => volume.extentsOf(node));
    await ask(() => taken(volume.contentOf(node), MOST_ENTRIES));
  }
}

async function taken<T>(items: AsyncIterable<T>, most: number): Promise<T[]> {
  const some: T[] = [];
  for await (const item of items) {
    some.push(item);
    if (some.length === most) break;
  }
  return some;
}

async function withVolume(
  host: Host,
  path: string,
  sectorSize: 512 | 4096 | undefined,
  signal: AbortSignal,
  work: (volume: VolumeProxy | null) => Promise<void>,
): Promise<void> {
  const { deviceId } = await host.devices.open(path, sectorSize, signal);
  try {
    const volume = await host.plugins.providers.openVolume({ deviceId, partition: 0 }, signal);
    try {
      await work(volume);
    } finally {
      await volume?.close();
    }
  } finally {
    await host.devices.close(deviceId);
  }
}
