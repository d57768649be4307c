import type { PeerHandlers } from '@diskwright/sdk/rpc';
import type { WorkbenchNotificationMethod, WorkbenchParams, WorkbenchProtocol } from '../common/workbench';
import type { Host } from '../host/host';
import type { ViewAddresses } from './views/viewAddresses';

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
  /**
   * For what replaces what was said before of the same subject, such as progress, or says only that something is another: a window that is behind with
   * reading gets the newest of it.
   */
  notifyNewest<M extends WorkbenchNotificationMethod>(method: M, params: WorkbenchParams<M>, subject?: string): void;
}

/** All connected windows. */
export interface Pages {
  all(): readonly Page[];
  /** To each as {@link Page.notifyNewest}. */
  broadcastNewest<M extends WorkbenchNotificationMethod>(
    method: M,
    params: WorkbenchParams<M>,
    options?: { subject?: string; except?: Page },
  ): void;
}

/** What the handlers of one window work with. */
export interface PageContext {
  host: Host;
  page: Page;
  pages: Pages;
  /** Gives each view that is shown an address of its own. */
  viewAddresses: ViewAddresses;
}

/** Answers to what a window asks, for one area of the protocol. */
export type HandlerFactory = (context: PageContext) => PeerHandlers<WorkbenchProtocol>;

/** What tells all windows of changes as long as the server runs. Disposed with it. */
export type Watcher = (host: Host, pages: Pages) => { dispose(): void };
