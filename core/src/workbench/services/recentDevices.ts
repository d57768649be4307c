import { Emitter, type StateService } from '../api';
import type { Editors } from './editors';

const RECENT_KEY = 'recent-devices';
const REMEMBERED = 20;
/** Editors that show a device, whose key is its path. */
const DEVICE_EDITORS = ['layout', 'sectors'];

/** The devices that were opened last, the last one first; kept for the next session. */
export class RecentDevices {
  private paths: readonly string[] = [];
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly state: StateService,
    editors: Editors,
  ) {
    void this.load();
    state.onDidChange((key) => {
      if (key === RECENT_KEY) void this.load();
    });
    editors.onDidOpen(({ type, key }) => {
      if (DEVICE_EDITORS.includes(type)) this.add(key);
    });
  }

  get list(): readonly string[] {
    return this.paths;
  }

  private add(path: string): void {
    this.paths = [path, ...this.paths.filter((other) => other !== path)].slice(0, REMEMBERED);
    this.state.write(RECENT_KEY, this.paths);
    this.changed.fire();
  }

  private async load(): Promise<void> {
    this.paths = (await this.state.read<string[]>(RECENT_KEY).catch(() => null)) ?? this.paths;
    this.changed.fire();
  }
}
