import { RefusedError } from '@diskwright/sdk/errors';
import type { Claim, ClaimRegistry, OpenedNode } from '../contracts';
import type { DescriptorNode } from '../nodes/descriptorNode';
import { type Lock, lockDisk, lockSourceFile } from '../platform/locksLinux';
import { sameStorage } from '../platform/sameStorageLinux';

interface Held {
  path: string;
  storage: OpenedNode['storage'];
  role: 'source' | 'target';
  holder: string;
}

/**
 * See {@link ClaimRegistry}. Other processes are kept off by locks: a source's taken here, a target's by opening it for writing.
 */
export class Claims implements ClaimRegistry {
  private readonly held = new Set<Held>();

  async claim(opened: OpenedNode, role: 'source' | 'target', holder: string): Promise<Claim> {
    const wanted: Held = { path: opened.node.path, storage: opened.storage, role, holder };
    for (const other of this.held) {
      if (role === 'source' && other.role === 'source') continue;
      const why = sameStorage(wanted, other);
      if (why) throw refused(wanted, other, why);
    }
    const locks = role === 'source' ? lockSources(opened) : [];
    this.held.add(wanted);
    return {
      release: () => {
        this.held.delete(wanted);
        for (const lock of locks) lock.release();
      },
    };
  }

  /** Whether a job is writing storage that this shares: what is read there may change. */
  isChanging(opened: OpenedNode): boolean {
    const asked = { path: opened.node.path, storage: opened.storage };
    return [...this.held].some((other) => other.role === 'target' && sameStorage(asked, other) !== null);
  }
}

/** The locks of all files that a source lies on. @throws RefusedError when somebody writes one of them */
function lockSources(opened: OpenedNode): Lock[] {
  const locks: Lock[] = [];
  try {
    for (const each of lockedOf(opened)) {
      const lock = lockSource(each);
      if (lock) locks.push(lock);
    }
    return locks;
  } catch (error) {
    for (const lock of locks) lock.release();
    throw error;
  }
}

/** What others must not write: of a file's content or a device in a container what it lies on, of an image all of its files. */
function lockedOf({ bases, image, ...opened }: OpenedNode): readonly OpenedNode[] {
  return bases?.flatMap(lockedOf) ?? image?.files ?? [opened];
}

/** Keeps other processes from writing a source. @throws RefusedError when one does already */
function lockSource({ node, storage }: OpenedNode): Lock | null {
  if (storage.kind !== 'block' && storage.kind !== 'file') return null;
  const lock = storage.kind === 'block' ? lockDisk(storage, false) : lockSourceFile((node as DescriptorNode).descriptor, storage);
  if (lock) return lock;
  throw new RefusedError(`${node.path} is locked by another program that writes it`, {
    device: node.path,
    todo: 'End the program that uses it, such as a virtual machine, or wait until it is done.',
  });
}

function refused(wanted: Held, other: Held, why: string): RefusedError {
  const verb = other.role === 'target' ? 'writes' : 'reads';
  return new RefusedError(
    `${wanted.path} cannot be the ${wanted.role} of ${wanted.holder}: ${other.holder} ${verb} ${other.path}. ${why}`,
    {
      device: wanted.path,
      todo: `Wait until ${other.holder} is done, or cancel it.`,
    },
  );
}
