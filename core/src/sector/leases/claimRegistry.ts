import { RefusedError } from '@diskwright/sdk/errors';
import type { Claim, ClaimRegistry, OpenedNode } from '../contracts';
import { sameStorage } from '../platform/sameStorageLinux';

interface Held {
  path: string;
  storage: OpenedNode['storage'];
  role: 'source' | 'target';
  holder: string;
}

/** See {@link ClaimRegistry}. Within this service; other processes are kept off by the locks that opening for writing takes. */
export class Claims implements ClaimRegistry {
  private readonly held = new Set<Held>();

  async claim(opened: OpenedNode, role: 'source' | 'target', holder: string): Promise<Claim> {
    const wanted: Held = { path: opened.node.path, storage: opened.storage, role, holder };
    for (const other of this.held) {
      if (role === 'source' && other.role === 'source') continue;
      const why = sameStorage(wanted, other);
      if (why) throw refused(wanted, other, why);
    }
    this.held.add(wanted);
    return { release: () => void this.held.delete(wanted) };
  }

  /** Whether a job is writing storage that this shares: what is read there may change. */
  isChanging(opened: OpenedNode): boolean {
    const asked = { path: opened.node.path, storage: opened.storage };
    return [...this.held].some((other) => other.role === 'target' && sameStorage(asked, other) !== null);
  }
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
