import { Emitter, type StatusBarService, type StatusHandle, type StatusItem } from '../api';

/** What the status bar shows; drawn by the shell. */
export class StatusItems implements StatusBarService {
  private readonly items = new Map<string, StatusItem>();
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;

  add(item: StatusItem): StatusHandle {
    this.items.set(item.id, { ...item });
    this.changed.fire();
    return {
      update: (change) => {
        const current = this.items.get(item.id);
        if (!current || Object.entries(change).every(([key, value]) => current[key as keyof StatusItem] === value)) return;
        this.items.set(item.id, { ...current, ...change });
        this.changed.fire();
      },
      dispose: () => {
        if (this.items.delete(item.id)) this.changed.fire();
      },
    };
  }

  /** From the outer end of a side inwards. */
  of(side: StatusItem['side']): StatusItem[] {
    return [...this.items.values()].filter((item) => item.side === side).sort((a, b) => b.priority - a.priority);
  }
}
