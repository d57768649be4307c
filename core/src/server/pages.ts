import type { PeerHandlers } from '@diskwright/sdk/rpc';
import type { WorkbenchNotificationMethod, WorkbenchParams, WorkbenchProtocol } from '../common/workbench';
import type { Host } from '../host/host';

/** A connected window. */
export interface Page {
  readonly id: string;
  /** Aborts when the window is gone; what was started for it alone then ends. */
  readonly closed: AbortSignal;
  /**
   * Resolves when the bytes were handed on: whoever waits for it gets back-pressure. Does nothing once the window is gone. Never rejects: what is too
   * large for a message is dropped with a warning, since there is nobody who could do better.
   */
  notify<M extends WorkbenchNotificationMethod>(method: M, params: WorkbenchParams<M>): Promise<void>;
}

/** All connected windows. */
export interface Pages {
  all(): readonly Page[];
  broadcast<M extends WorkbenchNotificationMethod>(method: M, params: WorkbenchParams<M>, except?: Page): void;
}

/** What the handlers of one window work with. */
export interface PageContext {
  host: Host;
  page: Page;
  pages: Pages;
}

/** Answers to what a window asks, for one area of the protocol. */
export type HandlerFactory = (context: PageContext) => PeerHandlers<WorkbenchProtocol>;

/** What tells all windows of changes as long as the server runs. Disposed with it. */
export type Watcher = (host: Host, pages: Pages) => { dispose(): void };
