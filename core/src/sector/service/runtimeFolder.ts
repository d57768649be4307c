import { FailedError } from '@diskwright/sdk/errors';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Room that the random part and a socket's name need within the 108 bytes of a socket address. */
const LONGEST_PARENT_BYTES = 64;

/**
 * Makes a folder for the sockets of one service, which only this user may enter (0700). `shared`: another user is to reach
 * sockets in it, whose own modes say whom they let in.
 */
export function makeRuntimeFolder(shared: boolean): string {
  const parents = [shared ? undefined : process.env.XDG_RUNTIME_DIR, tmpdir(), '/tmp'];
  for (const parent of parents) {
    if (!parent || Buffer.byteLength(parent) > LONGEST_PARENT_BYTES) continue;
    try {
      const folder = mkdtempSync(join(parent, 'diskwright-'));
      if (shared) chmodSync(folder, 0o711);
      return folder;
    } catch {
      // Such as a runtime folder of a session that has ended; the next one may do.
    }
  }
  throw new FailedError(`no folder for sockets could be made in ${parents.filter(Boolean).join(', ')}`, {
    todo: 'Set TMPDIR to a folder with a short path where you may write.',
  });
}

export function removeRuntimeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
