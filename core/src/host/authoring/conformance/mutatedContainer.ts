import type { Host } from '../../host';
import { type Ask, askDamaged } from './askDamaged';
import { type ContainerImage, hostContainer, withContainer } from './hostContainer';
import type { Subject } from './subject';
import { complaintsOf, type TriedContainer } from './tryContainerRecipe';

/** Devices that a damaged container claims to have. */
const MOST_DEVICES = 20;
/** Read at the beginning, in the middle and at the end of a device. */
const PIECE_BYTES = 64 * 1024;

/** A container to be mutated: where its structures lie, its oracle says. */
export function mutatedContainer(
  host: Host,
  name: string,
  image: ContainerImage,
  tried: TriedContainer,
  mend: Subject['mend'],
  signal: AbortSignal,
): Subject {
  const ask = (paths: readonly string[]): Promise<boolean> => isTold(host, { ...image, paths }, tried, signal);
  return { name, paths: image.paths, fields: tried.fields, mend, ask };
}

function isTold(host: Host, image: ContainerImage, sound: TriedContainer, signal: AbortSignal): Promise<boolean> {
  return askDamaged((ask, tell) =>
    withContainer(host, image, signal, async (container) => {
      if (!container) return tell();
      if (complaintsOf(container.description) > sound.complaints) tell();
      const view = hostContainer(host, image, container.description, signal);
      const there = container.description.devices.filter(({ unavailable }) => unavailable === undefined).slice(0, MOST_DEVICES);
      for (const { name } of there) await ask(() => view.withDevice(name, (size, read) => readPieces(size, read, ask)));
    }),
  );
}

async function readPieces(size: number, read: (offset: number, length: number) => Promise<Buffer>, ask: Ask): Promise<void> {
  const length = Math.min(PIECE_BYTES, size);
  for (const offset of [0, Math.floor((size - length) / 2), size - length]) await ask(() => read(offset, length));
}
