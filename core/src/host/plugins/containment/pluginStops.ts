import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../files/replaceFile';
import { withFileLock } from '../../settings/fileLock';

/** The last time that a process of a plugin ended although nobody had asked it to, and why. */
export interface PluginStop {
  /** The plugin's id. */
  id: string;
  version: string;
  /** Milliseconds since 1970. */
  time: number;
  /** Follows "because" or a colon. */
  reason: string;
}

/** Of so many plugins the last stop is kept. */
const MAX_KEPT = 256;
const MAX_REASON_CHARACTERS = 1000;

/**
 * The last stop of each plugin, in `pluginStops.json` of the data folder: whoever lists the plugins is told of it, though it was another command or
 * window that used the plugin.
 */
export class PluginStops {
  private readonly path: string;
  /** Writes follow each other. */
  private writing: Promise<void> = Promise.resolve();

  constructor(dataFolder: string) {
    this.path = join(dataFolder, 'pluginStops.json');
  }

  /** By id. What is wrong with the file counts as not being there: it is made anew with the next stop. */
  async read(): Promise<Map<string, PluginStop>> {
    const text = await readFile(this.path, 'utf8').catch(() => '[]');
    return new Map(parse(text).map((stop) => [stop.id, stop]));
  }

  /** Takes the place of what was known of the plugin. A disk that is full or read-only loses it, and nothing else. */
  add(stop: PluginStop): Promise<void> {
    return this.change((stops) => stops.set(stop.id, { ...stop, reason: stop.reason.slice(0, MAX_REASON_CHARACTERS) }));
  }

  forget(id: string): Promise<void> {
    return this.change((stops) => stops.delete(id));
  }

  /** Resolves when what was told so far is written. */
  settled(): Promise<void> {
    return this.writing;
  }

  private change(action: (stops: Map<string, PluginStop>) => unknown): Promise<void> {
    this.writing = this.writing
      .then(() =>
        withFileLock(this.path, async () => {
          const stops = await this.read();
          action(stops);
          const kept = [...stops.values()].sort((a, b) => b.time - a.time).slice(0, MAX_KEPT);
          await replaceFile(this.path, `${JSON.stringify(kept, null, 2)}\n`);
        }),
      )
      .catch(() => undefined);
    return this.writing;
  }
}

function parse(text: string): PluginStop[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter(isStop) : [];
  } catch {
    return [];
  }
}

function isStop(value: unknown): value is PluginStop {
  const stop = value as Partial<Record<keyof PluginStop, unknown>> | null;
  return (
    typeof stop?.id === 'string' &&
    typeof stop.version === 'string' &&
    typeof stop.time === 'number' &&
    typeof stop.reason === 'string'
  );
}
