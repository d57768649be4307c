import { type FSWatcher, watch } from 'node:fs';

/** Changes come in bursts: an atomic rename alone is three events. */
const SETTLE_MILLISECONDS = 50;

/**
 * Tells when something in a folder has changed, whoever did it; the folder must exist. What the system does not tell (a network filesystem) is found by
 * a look every `pollMilliseconds`, so the listener must bear being called without a change.
 */
export class FolderWatch {
  private readonly watcher: FSWatcher | null;
  private readonly poll: NodeJS.Timeout;
  private settling: NodeJS.Timeout | null = null;

  constructor(
    folder: string,
    private readonly listener: () => void,
    pollMilliseconds = 5000,
  ) {
    this.watcher = startWatching(folder, () => this.changed());
    this.poll = setInterval(() => this.listener(), pollMilliseconds);
    this.poll.unref();
  }

  dispose(): void {
    this.watcher?.close();
    clearInterval(this.poll);
    if (this.settling) clearTimeout(this.settling);
  }

  private changed(): void {
    this.settling ??= setTimeout(() => {
      this.settling = null;
      this.listener();
    }, SETTLE_MILLISECONDS);
  }
}

/** Null where the system has no watches left: then only the poll tells. */
function startWatching(folder: string, listener: () => void): FSWatcher | null {
  try {
    const watcher = watch(folder, { persistent: false }, listener);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}
