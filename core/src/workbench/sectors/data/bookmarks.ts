import type { ByteRange } from '@diskwright/sdk/protocol';
import { Emitter, type StateService } from '../../api';

export interface Bookmark extends ByteRange {
  id: string;
  name: string;
  note: string;
  /** Colour and shape: an index into the palette's tones. */
  tone: number;
}

const stateKey = 'bookmarks';
type Stored = Record<string, Bookmark[]>;

/** Bookmarks of all devices, kept with the windows' state. */
export class Bookmarks {
  private stored: Stored = {};
  private readonly emitter = new Emitter<void>();
  readonly onDidChange = this.emitter.event;

  constructor(private readonly state: StateService) {
    void this.load();
    state.onDidChange((key) => {
      if (key === stateKey) void this.load();
    });
  }

  /** Of one device, by place. */
  of(deviceKey: string): readonly Bookmark[] {
    return this.stored[deviceKey] ?? [];
  }

  find(deviceKey: string, name: string): Bookmark | undefined {
    const wanted = name.toLowerCase();
    return this.of(deviceKey).find((bookmark) => bookmark.name.toLowerCase() === wanted);
  }

  /** Adds it, or replaces that of the same id. */
  put(deviceKey: string, bookmark: Bookmark): void {
    const others = this.of(deviceKey).filter(({ id }) => id !== bookmark.id);
    this.set(deviceKey, [...others, bookmark]);
  }

  remove(deviceKey: string, id: string): void {
    this.set(
      deviceKey,
      this.of(deviceKey).filter((bookmark) => bookmark.id !== id),
    );
  }

  private set(deviceKey: string, bookmarks: Bookmark[]): void {
    const sorted = bookmarks.sort((left, right) => left.offset - right.offset);
    this.stored = { ...this.stored, [deviceKey]: sorted };
    this.state.write(stateKey, this.stored);
    this.emitter.fire();
  }

  private async load(): Promise<void> {
    this.stored = (await this.state.read<Stored>(stateKey)) ?? {};
    this.emitter.fire();
  }
}
