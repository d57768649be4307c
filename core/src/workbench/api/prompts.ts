import type { Disposable, Event } from './events';

export interface NotificationAction {
  label: string;
  run(): unknown;
}
export interface NotificationOptions {
  /** Further lines. */
  detail?: string;
  actions?: NotificationAction[];
}
export interface ProgressReport {
  text?: string;
  /** 0 … 1; without it, how far is not known. */
  fraction?: number;
}

export interface NotificationService {
  info(message: string, options?: NotificationOptions): void;
  warn(message: string, options?: NotificationOptions): void;
  /** A DiskwrightError says what happened, where, and what to do next; all of it is shown. Cancellations are not errors and show nothing. */
  error(error: unknown, options?: NotificationOptions): void;
  /** Shows a notification with progress as long as the task runs; at its Cancel button the signal aborts. Rejects as the task does. */
  progress<T>(title: string, task: (report: (progress: ProgressReport) => void, signal: AbortSignal) => Promise<T>): Promise<T>;
}

export interface QuickItem {
  label: string;
  description?: string;
  /** A second line. */
  detail?: string;
  icon?: string;
  /** Shown at the right: keys. */
  keys?: string;
  /** A heading above the first item of its group. */
  group?: string;
  /** Runs when it is chosen from a provider. */
  run?(): unknown;
}
export interface PickOptions<T extends QuickItem> {
  placeholder: string;
  /** Called while moving through the list; with undefined when it is left without a choice. */
  onHighlight?(item: T | undefined): void;
}
export interface InputOptions {
  title: string;
  placeholder?: string;
  value?: string;
  /** A message when it is wrong, null when it is right; shown while typing. `hint` is shown in its place when it is right. */
  validate?(value: string): { error: string } | { hint: string } | null;
  /** What `validate` goes by is different now: it is asked again. */
  revalidate?: Event<void>;
  /** While typing, for previews; with null when it was left by Escape. */
  onChange?(value: string | null): void;
}
export interface QuickProvider {
  /** `>` for commands, nothing for quick open, `@`, `:` … */
  prefix: string;
  placeholder: string;
  /** For what follows the prefix; fuzzy matching is done by the caller unless `ranked`. */
  provide(query: string, signal: AbortSignal): QuickItem[] | Promise<QuickItem[]>;
  ranked?: boolean;
  /** Tells that it would find something else now: what is listed is asked for again. */
  onDidChange?: Event<void>;
}
export interface QuickInputService {
  /** Adds to what quick open finds for a prefix; several may share one. */
  addProvider(provider: QuickProvider): Disposable;
  open(text: string): void;
  pick<T extends QuickItem>(items: T[], options: PickOptions<T>): Promise<T | undefined>;
  input(options: InputOptions): Promise<string | undefined>;
}

export interface DialogButton {
  /** Verb and object: `Erase and write Samsung 870`; never Yes or No. */
  label: string;
  kind?: 'primary' | 'danger' | 'normal';
}
export interface DialogOptions {
  title: string;
  /** Text, or an element that stays the caller's. */
  body: string | HTMLElement;
  buttons: DialogButton[];
  /** Which button can be used now; asked whenever `changed` is called. */
  enabled?(button: number): boolean;
  onOpen?(changed: () => void): void;
}
export interface DialogService {
  /** The button's index; null when it was closed otherwise. Modal: the focus stays within and goes back afterwards. */
  show(options: DialogOptions): Promise<number | null>;
  /**
   * A file of the machine that the host runs on, or a folder, which may be a new one.
   * @param folder where to begin; the user's home by default
   */
  chooseFile(options: {
    title: string;
    mode: 'open' | 'save' | 'folder';
    folder?: string;
    name?: string;
  }): Promise<string | undefined>;
}
