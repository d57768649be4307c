import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { replaceFile } from '../files/replaceFile';
import { ensureFolder } from '../paths';
import type { PluginRecord } from './pluginRecord';

const FORMAT = 3;
interface Entry {
  modified: number;
  size: number;
  record: PluginRecord;
}
interface Stored {
  format: number;
  hostVersion: string;
  entries: Record<string, Entry>;
}

/**
 * What was found out about packages, kept in a file by path, time and size of their package.json, so that a start neither parses nor validates them
 * again. It only saves time: whatever is wrong with the file, packages are read anew.
 */
export class ManifestIndex {
  private changed = false;

  private constructor(
    private readonly file: string | null,
    private readonly hostVersion: string,
    private readonly entries: Map<string, Entry>,
  ) {}

  /** @param file null: nothing is kept */
  static async load(file: string | null, hostVersion: string): Promise<ManifestIndex> {
    const text = file === null ? '' : await readFile(file, 'utf8').catch(() => '');
    return new ManifestIndex(file, hostVersion, parse(text, hostVersion));
  }

  /** The record of a package whose package.json has not changed, else what `read` answers. */
  async get(folder: string, read: () => Promise<PluginRecord>): Promise<PluginRecord> {
    const state = await stat(join(folder, 'package.json')).catch(() => null);
    const known = this.entries.get(folder);
    if (state && known && known.modified === state.mtimeMs && known.size === state.size) return known.record;
    const record = await read();
    // A package that is broken is read anew each time: what mends it may lie outside of its package.json.
    if (state && record.state === 'ready') {
      this.entries.set(folder, { modified: state.mtimeMs, size: state.size, record });
      this.changed = true;
    }
    return record;
  }

  /** Stores what is new, by rename, forgetting all folders but these. */
  async save(folders: Iterable<string>): Promise<void> {
    if (!this.changed || this.file === null) return;
    const kept = [...folders].flatMap((folder) =>
      this.entries.has(folder) ? [[folder, this.entries.get(folder)!] as const] : [],
    );
    const stored: Stored = { format: FORMAT, hostVersion: this.hostVersion, entries: Object.fromEntries(kept) };
    try {
      ensureFolder(dirname(this.file));
      await replaceFile(this.file, JSON.stringify(stored));
      this.changed = false;
    } catch {
      // A data folder that cannot be written costs a few milliseconds at the next start, nothing else.
    }
  }
}

function parse(text: string, hostVersion: string): Map<string, Entry> {
  try {
    const stored = JSON.parse(text) as Stored;
    if (stored.format === FORMAT && stored.hostVersion === hostVersion) return new Map(Object.entries(stored.entries));
  } catch {
    // No index yet, or a damaged one.
  }
  return new Map();
}
