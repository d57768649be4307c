/** What the page of a view and the workbench say to each other: JSON as text, over a port that the workbench hands to the page. */

/** Characters of one message, either way. */
export const MAX_MESSAGE_CHARACTERS = 256 * 1024;
/** Characters of a view's state, as JSON. */
export const MAX_STATE_CHARACTERS = 64 * 1024;
/** What a page asks for a port with, of the window that it is in; the answer is a {@link Connect} beside the port. */
export const READY = 'diskwright:ready';
export const CONNECT = 'diskwright:connect';

/** The workbench's theme: whether it is dark, whether of high contrast, and its colours as CSS has them, by name (`editor-background`). */
export interface ViewTheme {
  dark: boolean;
  highContrast: boolean;
  colors: Record<string, string>;
}

export interface Connect {
  diskwright: typeof CONNECT;
  /** As the user named it; null for a view of nothing. */
  subject: string | null;
  /** What was kept last; null for nothing. */
  state: unknown;
  theme: ViewTheme;
  visible: boolean;
}

/** Where the keyboard goes from a view: to the next or previous part of the window, or to the lists of commands or of editors. */
export type LeaveFor = 'next' | 'previous' | 'commands' | 'quickOpen';

export type FromPage =
  | { kind: 'request'; id: number; method: string; params: unknown }
  | { kind: 'cancel'; id: number }
  | { kind: 'state'; state: unknown }
  | { kind: 'leave'; for: LeaveFor };

export type ToPage =
  | { kind: 'answer'; id: number; result: unknown }
  | { kind: 'failed'; id: number; message: string; todo: string | null }
  | { kind: 'post'; message: unknown }
  | { kind: 'theme'; theme: ViewTheme }
  | { kind: 'visible'; visible: boolean };
