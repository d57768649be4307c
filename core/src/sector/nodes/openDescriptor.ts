import { InvalidInputError, NotSupportedError, RefusedError } from '@diskwright/sdk/errors';
import type { SectorSize } from '@diskwright/sdk/protocol';
import type { Description } from '@diskwright/native';
import { closeSync } from 'node:fs';
import type { OpenedNode, OpenOptions } from '../contracts';
import { native } from '../native';
import { deviceFacts } from '../platform/deviceFactsLinux';
import { settleCaches } from '../platform/coherenceLinux';
import { keepDescription } from './keptDescriptions';
import { DescriptorNode, type DescriptorShape } from './descriptorNode';
import { detectSectorSize } from './detectSectorSize';
import { storageOf } from './storageOf';
import { tailNote, tailText } from './tailText';

/**
 * Opens a regular file or block device for reading. What was opened is checked again by its descriptor: a path may have changed
 * since it was looked at.
 * @throws InvalidInputError, NotSupportedError, RefusedError
 */
export async function openDescriptor(path: string, type: 'file' | 'block', options: OpenOptions): Promise<OpenedNode> {
  // Past the page cache of a block device: it does not see what is written to its partitions, its disk or a loop device's file.
  const descriptor = openSystem(path, 'read', type === 'block');
  try {
    const { shape, notes, description } = await describeShape(path, type, descriptor, options);
    await settleCaches(storageOf(description));
    keepDescription(descriptor, description);
    const facts = type === 'block' ? deviceFacts(description.deviceNumber) : { model: null, serial: null };
    return {
      node: new DescriptorNode(shape),
      kind: type,
      model: facts.model,
      serial: facts.serial,
      readOnly: true,
      notes,
      storage: storageOf(description),
    };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** Opens by the addon; direct where the system can. @throws RefusedError with what stands against it */
export function openSystem(path: string, access: 'read' | 'write', direct: boolean): number {
  try {
    return native.open(path, { access, direct });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (direct && code === 'EINVAL') return openSystem(path, access, false);
    if (code === 'EBUSY') throw new RefusedError(`${path} is in use`, { device: path, todo: 'Unmount it or end what uses it.' });
    if (code === 'EACCES' || code === 'EPERM') {
      throw new RefusedError(`${path}: no right to ${access} it`, { device: path, todo: 'Run as a user who may, such as root.' });
    }
    throw new RefusedError(`${path} cannot be opened: ${(error as Error).message}`, { device: path });
  }
}

/** Size and sector size, or why it is not usable. */
export async function describeShape(
  path: string,
  type: 'file' | 'block',
  descriptor: number,
  options: OpenOptions,
): Promise<{ shape: DescriptorShape; notes: string[]; description: Description }> {
  const description = native.describe(descriptor);
  if (description.kind !== type) throw new RefusedError(`${path} was exchanged while it was opened`, { device: path });
  const sectorSize =
    type === 'block' ? deviceSectorSize(path, description, options) : await fileSectorSize(descriptor, description, options);
  const size = options.exactSize ? description.size : description.size - (description.size % sectorSize);
  if (size === 0) {
    const length = description.size === 0 ? 'empty' : `${description.size} bytes long, less than a sector of ${sectorSize}`;
    throw new InvalidInputError(`${path} is ${length}`, {
      device: path,
      todo: `It has to hold one sector of ${sectorSize} bytes at least: choose another, or make it longer first.`,
    });
  }
  const notes: string[] = [];
  if (size !== description.size) {
    const tail = description.size - size;
    if (type === 'block') throw new NotSupportedError(`${path}: ${tailText(tail, sectorSize)}`, { device: path });
    notes.push(tailNote(path, tail, sectorSize));
  }
  const physicalSectorSize = Math.max(sectorSize, description.physicalSectorSize);
  return { shape: { path: options.name ?? path, descriptor, size, sectorSize, physicalSectorSize }, notes, description };
}

function deviceSectorSize(path: string, { logicalSectorSize }: Description, { sectorSize }: OpenOptions): SectorSize {
  if (logicalSectorSize !== 512 && logicalSectorSize !== 4096) {
    const todo = 'Use a device with sectors of 512 or 4096 bytes.';
    throw new NotSupportedError(`${path} has sectors of ${logicalSectorSize} bytes`, { device: path, todo });
  }
  if (sectorSize && sectorSize !== logicalSectorSize) {
    throw new InvalidInputError(`${path} has sectors of ${logicalSectorSize} bytes; a device's cannot be overruled`, {
      device: path,
    });
  }
  return logicalSectorSize;
}

function fileSectorSize(descriptor: number, { size }: Description, options: OpenOptions): Promise<SectorSize> | SectorSize {
  if (options.sectorSize) return options.sectorSize;
  return detectSectorSize(size, async (offset, length) => {
    const bytes = await native.read(descriptor, offset, length).catch(() => null);
    return bytes?.length === length ? bytes : null;
  });
}
