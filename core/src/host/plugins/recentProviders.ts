import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensureFolder } from '../paths';
import type { PluginRegistry } from './pluginRegistry';

/** Starting more ahead would cost more than it saves. */
const MAX_RECENT = 4;

/**
 * Which filesystem plugins were needed when devices were last looked at. People look at the same disks again and again, so those plugins can start while
 * the device is still being opened. A wrong guess costs a process that is ended unused.
 */
export class RecentProviders {
  private readonly known: string[];

  /** @param file where the ids are kept between runs; a missing or broken one means none */
  constructor(private readonly file: string) {
    this.known = read(file);
  }

  /** Ids of plugins that are still there and provide filesystems. */
  among(registry: PluginRegistry): string[] {
    const providers = new Set(registry.filesystems().map(({ plugin }) => plugin.id));
    return this.known.filter((id) => providers.has(id));
  }

  /** Keeps what was needed this time, for the next; nothing is written when it is the same or nothing. */
  remember(ids: string[]): void {
    const needed = [...ids].sort().slice(0, MAX_RECENT);
    if (needed.length === 0 || needed.join() === this.known.join()) return;
    try {
      ensureFolder(dirname(this.file));
      writeFileSync(`${this.file}.${process.pid}`, JSON.stringify(needed));
      renameSync(`${this.file}.${process.pid}`, this.file);
    } catch {
      // A data folder that cannot be written is told about where it matters; here it only means a slower start.
    }
  }
}

function read(file: string): string[] {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(value) ? value.filter((id) => typeof id === 'string').slice(0, MAX_RECENT) : [];
  } catch {
    return [];
  }
}
