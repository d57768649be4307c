import type { Widget } from '@lumino/widgets';
import type { Disposable, Event } from './events';

/** What an editor shows, as data: kept for the next session. */
export interface EditorInput {
  /** Of a registered editor: `layout`, `sectors`, `plan`, `job`. */
  type: string;
  /** What tells it from others of its type: a device's path, a plan's digest. Opening the same again shows what is open. */
  key: string;
  /** JSON. Given anew when it is opened again: go to this offset, select that partition. */
  params?: unknown;
}

/** An open editor: a Lumino widget, whose `title` (label, caption, icon class) it sets itself, and which is focused by `activate()`. */
export interface EditorPane extends Widget {
  readonly input: EditorInput;
  /** Opened again while it is open. */
  reveal?(params: unknown): void;
  /** JSON for the next session: scroll position and the like. */
  saveState?(): unknown;
  /** What {@link saveState} answers is different now, and worth keeping at once: what the user typed. */
  readonly onDidChangeState?: Event<void>;
  /** May hold changes that would be lost; then its tab says so, and closing asks with this text. */
  unsaved?(): string | null;
}

export interface EditorType {
  type: string;
  /** @param state what {@link EditorPane.saveState} answered in an earlier session */
  create(input: EditorInput, state: unknown): EditorPane;
}

export interface OpenOptions {
  /** Beside the active editor. */
  split?: 'right' | 'down';
  /** In the tab that the next preview replaces, until it is used in earnest. */
  preview?: boolean;
  /** False to leave the focus where it is. */
  activate?: boolean;
}

export interface EditorService {
  register(type: EditorType): Disposable;
  open(input: EditorInput, options?: OpenOptions): Promise<EditorPane>;
  readonly active: EditorPane | null;
  all(): readonly EditorPane[];
  close(pane: EditorPane): Promise<boolean>;
  readonly onDidChangeActive: Event<EditorPane | null>;
  /** Editors came, went or are no preview any more. */
  readonly onDidChange: Event<void>;
}

export interface View {
  /** `devices` */
  id: string;
  title: string;
  /** A codicon's name; for the activity bar. */
  icon: string;
  /** `sidebar`: left, behind the activity bar; `secondary`: right, for what belongs to the active editor; `panel`: below. */
  place: 'sidebar' | 'secondary' | 'panel';
  order: number;
  /** Holds while it has something to show; always without it. A place of whose views none has takes no room by itself. */
  when?: string;
  /** Made when it is first shown. Fills its place; scrolls by itself. */
  create(): Widget;
}

export interface ViewService {
  register(view: View): Disposable;
  /** Shows it where it is, and its place if that is hidden. */
  reveal(id: string, options?: { focus?: boolean }): Widget;
  isVisible(id: string): boolean;
  /** A number or a dot at its icon or tab, such as how many jobs run; null for none. `label` says what it means. */
  setBadge(id: string, badge: { text: string; label: string } | null): void;
}

export interface StatusItem {
  id: string;
  side: 'left' | 'right';
  /** Higher stands further out. */
  priority: number;
  /** `$(lock) Read-only`: `$(name)` at its beginning is a codicon. */
  text: string;
  tooltip?: string;
  command?: string;
  args?: unknown;
  /** Not by colour alone: the text says it, too. */
  kind?: 'normal' | 'warning' | 'error' | 'prominent';
}
export interface StatusHandle extends Disposable {
  update(change: Partial<Omit<StatusItem, 'id'>>): void;
}
export interface StatusBarService {
  add(item: StatusItem): StatusHandle;
}
