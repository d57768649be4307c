import { RefusedError } from '@diskwright/sdk/errors';
import { isNbdUri } from '@diskwright/sdk/nbd';
import { closeSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { OpenedNode, OpenOptions } from '../contracts';
import { native } from '../native';
import { settleCaches } from '../platform/coherenceLinux';
import { deviceFacts, wholeDiskPath } from '../platform/deviceFactsLinux';
import type { WritableNode } from './blockNode';
import { DescriptorNode, type DescriptorShape } from './descriptorNode';
import { describeShape, openSystem, storageOf } from './openDescriptor';
import { openNbdForWriting } from './openNbd';
import { type OpenRights, refusedElevated, typeOfPath } from './openNode';
import { WritableDescriptorNode } from './writableDescriptorNode';

/**
 * Opens a target for a running job, and keeps everyone else off it while the node lives: a block device is claimed from the kernel (O_EXCL) and its whole disk
 * locked, a file gets a write lock. The one place in the service where a write descriptor comes into being; simulations write overlays, which have none.
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
  const locks: DescriptorNode[] = [];
  try {
    const { shape, notes, description } = await describeShape(path, type, descriptor, options);
    if (description.readOnly) throw new RefusedError(`${path} is write-protected`, { device: path });
    if (type === 'file') lockFile(path, descriptor);
    else locks.push(lockDisk(path, shape, wholeDiskPath(description.deviceNumber)));
    await settleCaches(storageOf(description));
    const facts = type === 'block' ? deviceFacts(description.deviceNumber) : { model: null, serial: null };
    const node = new WritableDescriptorNode(shape, locks);
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
    for (const lock of locks) await lock.dispose();
    throw error;
  }
}

function lockFile(path: string, descriptor: number): void {
  if (native.lockFile(descriptor, 'write')) return;
  throw new RefusedError(`${path} is locked by another program`, {
    device: path,
    todo: 'End the program that uses it, such as a virtual machine.',
  });
}

/** udev, systemd and other Diskwrights take this lock on the whole disk's node, never on a partition's. */
function lockDisk(path: string, shape: DescriptorShape, disk: string): DescriptorNode {
  const lock = new DescriptorNode({ ...shape, path: disk, descriptor: openSystem(disk, 'read', false) });
  if (native.lockDevice(lock.descriptor, false)) return lock;
  void lock.dispose();
  throw new RefusedError(`${path}: its disk ${disk} is locked by another program`, {
    device: path,
    todo: 'Wait until the other program is done.',
  });
}
