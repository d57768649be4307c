import type { Disposable, Event } from './events';

/** Something the user can do by palette, menu, key or button. */
export interface Command {
  /** `sectors.goTo`: the area, then what it does. */
  id: string;
  /** In the imperative: `Go to Offset…`; with an ellipsis when it asks for more. */
  title: string;
  /** Shown before the title in the palette: `Sectors`. */
  category?: string;
  /** A codicon's name. */
  icon?: string;
  /** A when clause (docs/workbench.md): can be run only while it holds. Checked by the service, so that `run` may rely on it. */
  enablement?: string;
  /** For a menu entry with a check mark. */
  checked?(): boolean;
  /** Left out of the palette: needs arguments, or means nothing there. */
  hidden?: boolean;
  run(args?: unknown): unknown;
}

export interface CommandService {
  register(command: Command): Disposable;
  get(id: string): Command | undefined;
  all(): readonly Command[];
  isEnabled(id: string): boolean;
  /** Runs it; what it throws is shown to the user as a notification, except for cancellations. */
  run(id: string, args?: unknown): Promise<void>;
  readonly onDidChange: Event<void>;
}

/** A context key's value; when clauses compare these. */
export type ContextValue = string | number | boolean | null | undefined;

/** What is true now, by name: what when clauses ask for. */
export interface ContextKeyService {
  set(key: string, value: ContextValue): void;
  get(key: string): ContextValue;
  /** Keys that hold only while the focus is within `element`; asked for each time. */
  bind(element: HTMLElement, keys: () => Record<string, ContextValue>): Disposable;
  /** @throws SyntaxError with the position; an empty clause always holds */
  matches(when: string | undefined, extra?: Record<string, ContextValue>): boolean;
  readonly onDidChange: Event<void>;
}

export interface Keybinding {
  /** `Ctrl+G`, `Alt+Left`, `Ctrl+K Ctrl+S` (one after the other), `F1`. On a Mac, Ctrl means Cmd. */
  keys: string;
  command: string;
  when?: string;
  args?: unknown;
}

export interface KeybindingService {
  /** A default; what stands in keybindings.json goes before it. A later default goes before an earlier one. */
  add(binding: Keybinding): Disposable;
  /** The keys of a command as they are shown, in a browser's tab preferably some that the browser leaves to the page; null when it has none. */
  keysOf(command: string): string | null;
}

export interface MenuEntry {
  command: string;
  args?: unknown;
  /** In place of the command's title. */
  title?: string;
  /** Entries of one group stand together, groups in the order of their names. */
  group?: string;
  order?: number;
  when?: string;
}

export interface MenuService {
  /** @param menu `file`, `edit`, `view`, `go`, `disk`, `tools`, `help` of the menu bar; `context:<area>`; `title:<view id or editor type>` for buttons */
  add(menu: string, entry: MenuEntry): Disposable;
  /** Opens a menu at a place. Commands run with `args` (unless their entry has its own); `keys` hold meanwhile. */
  showContext(menu: string, at: { x: number; y: number }, args?: unknown, keys?: Record<string, ContextValue>): void;
}
