import { RefusedError } from '@diskwright/sdk/errors';
import { isNbdUri } from '@diskwright/sdk/nbd';
import type { Description } from '@diskwright/native';
import { closeSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { OpenedNode, OpenOptions } from '../contracts';
import { settleCaches } from '../platform/coherenceLinux';
import { deviceFacts, wholeDiskPath } from '../platform/deviceFactsLinux';
import { type Lock, lockDisk, lockTargetFile } from '../platform/locksLinux';
import { keepDescription } from './keptDescriptions';
import type { WritableNode } from './blockNode';
import { describeShape, openSystem } from './openDescriptor';
import { openNbdForWriting } from './openNbd';
import { type OpenRights, refusedElevated, typeOfPath } from './openNode';
import { storageOf } from './storageOf';
import { WritableDescriptorNode } from './writableDescriptorNode';

/**
 * Opens a target for a running job, and keeps everyone else off it while the node lives: a block device is claimed from the
 * kernel (O_EXCL) and its whole disk locked, a file gets a write lock. The one place in the service where a write descriptor
 * comes into being; simulations write overlays, which have none.
 * @throws RefusedError when somebody else uses it
 */
export async function openForWriting(
  path: string,
  rights: OpenRights,
  options: OpenOptions = {},
): Promise<OpenedNode<WritableNode>> {
  if (isNbdUri(path)) {
    if (rights.elevated) throw refusedElevated(path);
    return openNbdForWriting(path, options);
  }
  if (!isAbsolute(path)) return openOverlayForWriting(path, rights, options);
  const type = await typeOfPath(path);
  if (rights.elevated && type !== 'block') throw refusedElevated(path);
  return openDescriptorForWriting(path, type, options);
}

async function openOverlayForWriting(name: string, rights: OpenRights, options: OpenOptions): Promise<OpenedNode<WritableNode>> {
  const known = !rights.elevated && rights.overlays !== null && (await rights.overlays.exists(name));
  if (!known) throw new RefusedError(`there is no overlay named ${name}`, { device: name });
  const node = (await rights.overlays!.open(name, true, options.signal)) as WritableNode;
  return { node, kind: 'overlay', model: null, serial: null, readOnly: false, notes: [], storage: { kind: 'overlay', name } };
}

async function openDescriptorForWriting(
  path: string,
  type: 'file' | 'block',
  options: OpenOptions,
): Promise<OpenedNode<WritableNode>> {
  const descriptor = openSystem(path, 'write', type === 'block');
  let lock: Lock | null = null;
  try {
    const { shape, notes, description } = await describeShape(path, type, descriptor, options);
    if (description.readOnly) throw new RefusedError(`${path} is write-protected`, { device: path });
    lock = lockTarget(path, descriptor, description);
    await settleCaches(storageOf(description));
    keepDescription(descriptor, description);
    const facts = type === 'block' ? deviceFacts(description.deviceNumber) : { model: null, serial: null };
    const node = new WritableDescriptorNode(shape, lock);
    return {
      node,
      kind: type,
      model: facts.model,
      serial: facts.serial,
      readOnly: false,
      notes,
      storage: storageOf(description),
    };
  } catch (error) {
    closeSync(descriptor);
    lock?.release();
    throw error;
  }
}

function lockTarget(path: string, descriptor: number, { kind, deviceNumber, inode }: Description): Lock {
  const lock = kind === 'block' ? lockDisk(deviceNumber, true) : lockTargetFile(descriptor, { ...deviceNumber, inode });
  if (lock) return lock;
  const what = kind === 'block' ? `its disk ${wholeDiskPath(deviceNumber)}` : 'it';
  throw new RefusedError(`${path}: ${what} is locked by another program`, {
    device: path,
    todo: 'End the program that uses it, such as a virtual machine, or wait until it is done.',
  });
}
