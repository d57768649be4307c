import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { native } from './native';

/** Marks a folder as in use by this process, for as long as the lock is held; the kernel lets go of it when the process dies. */
export class FolderLock {
  private constructor(private readonly file: FileHandle) {}

  /**
   * Locks `folder/lock`, which is made when it is missing, without waiting. Null when somebody else holds a lock that conflicts.
   */
  static async acquire(folder: string, shared: boolean): Promise<FolderLock | null> {
    const file = await open(join(folder, 'lock'), 'a+', 0o600);
    if (native.lockDevice(file.fd, shared)) return new FolderLock(file);
    await file.close();
    return null;
  }

  /** Makes a shared lock exclusive; false when others share it, and then it may be lost altogether. */
  makeExclusive(): boolean {
    if (native.lockDevice(this.file.fd, false)) return true;
    native.lockDevice(this.file.fd, true);
    return false;
  }

  /** Idempotent. */
  async release(): Promise<void> {
    await this.file.close();
  }
}
