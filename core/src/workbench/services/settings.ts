import { Emitter, type HostConnection, type SettingsService } from '../api';
import type { ContextKeys } from './contextKeys';

/** The values of settings as the host knows them, fetched anew whenever they change; each is the context key `config.<key>`, too. */
export class Settings implements SettingsService {
  private values: Record<string, unknown> = {};
  private wrong: readonly string[] = [];
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly host: HostConnection,
    private readonly context: ContextKeys,
  ) {
    host.on('settings/changed', ({ document }) => {
      if (document === 'settings') void this.load().catch(() => undefined);
    });
  }

  /** What is wrong with settings.json, in sentences. */
  get problems(): readonly string[] {
    return this.wrong;
  }

  get<T>(key: string): T {
    return this.values[key] as T;
  }

  async set(key: string, value: unknown): Promise<void> {
    await this.host.request('settings/set', { key, value });
    await this.load();
  }

  /** @throws as the host does */
  async load(): Promise<void> {
    const { values, problems } = await this.host.request('settings/values', {});
    if (JSON.stringify([values, problems]) === JSON.stringify([this.values, this.wrong])) return;
    this.values = values;
    this.wrong = problems;
    for (const [key, value] of Object.entries(values)) {
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
        this.context.set(`config.${key}`, value);
    }
    this.changed.fire();
  }
}
