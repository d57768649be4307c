import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensureFolder } from '../paths';

/** Starting more ahead would cost more than it saves. */
const MAX_PLUGINS = 6;
const MAX_DEVICES = 64;
const KEY_DIGITS = 16;

/**
 * Which plugins were needed to read devices. People look at the same disks again and again, so those plugins can start while the device is still being
 * opened. A wrong guess costs a process that is ended unused.
 */
export class RecentProviders {
  /** Ids of plugins by digests of names, the newest last. */
  private readonly known: Map<string, readonly string[]>;

  /** @param file where it is kept between runs; a missing or broken one means nothing */
  constructor(private readonly file: string) {
    this.known = read(file);
  }

  /** Ids of the plugins that one of the devices needed; null when none of them was seen before. */
  neededBy(devices: readonly string[]): string[] | null {
    const found = devices.map((device) => this.known.get(keyOf(device))).filter((ids) => ids !== undefined);
    return found.length === 0 ? null : [...new Set(found.flat())].slice(0, MAX_PLUGINS);
  }

  /** Those of the device that was seen last for the first time. */
  get newest(): readonly string[] {
    return [...this.known.values()].at(-1) ?? [];
  }

  /** Keeps what the devices needed, for the next time; nothing is written when it is the same or nothing. */
  remember(devices: readonly string[], ids: readonly string[]): void {
    const needed = [...ids].sort().slice(0, MAX_PLUGINS);
    const changed = devices.map(keyOf).filter((key) => this.known.get(key)?.join() !== needed.join());
    if (needed.length === 0 || changed.length === 0) return;
    for (const key of changed) {
      this.known.delete(key);
      this.known.set(key, needed);
    }
    try {
      ensureFolder(dirname(this.file));
      writeFileSync(`${this.file}.${process.pid}`, JSON.stringify([...this.known].slice(-MAX_DEVICES)));
      renameSync(`${this.file}.${process.pid}`, this.file);
    } catch {
      // A data folder that cannot be written is told about where it matters; here it only means a slower start.
    }
  }
}

const keyOf = (device: string): string => createHash('sha256').update(device).digest('hex').slice(0, KEY_DIGITS);

function read(file: string): Map<string, readonly string[]> {
  try {
    const entries = JSON.parse(readFileSync(file, 'utf8')) as unknown[];
    return new Map(entries.filter(isEntry).slice(-MAX_DEVICES));
  } catch {
    return new Map();
  }
}

const isEntry = (entry: unknown): entry is [string, string[]] =>
  Array.isArray(entry) &&
  typeof entry[0] === 'string' &&
  Array.isArray(entry[1]) &&
  entry[1].every((id) => typeof id === 'string');
