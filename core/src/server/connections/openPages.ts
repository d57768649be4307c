import type { WebSocket } from 'ws';
import type { PeerHandlers } from '@diskwright/sdk/rpc';
import type { WorkbenchNotificationMethod, WorkbenchParams, WorkbenchProtocol } from '../../common/workbench';
import type { Page, Pages } from '../pages';
import { PageConnection } from './pageConnection';

/** All connected windows of a server. */
export class OpenPages implements Pages {
  private readonly pages = new Set<PageConnection>();

  all(): readonly Page[] {
    return [...this.pages];
  }

  broadcast<M extends WorkbenchNotificationMethod>(method: M, params: WorkbenchParams<M>, except?: Page): void {
    // A page that does not read is dropped by its own connection; nobody else waits for it.
    for (const page of this.pages) if (page !== except) void page.notify(method, params);
  }

  /** Takes over a socket that was just opened. */
  add(socket: WebSocket, handlers: (page: Page) => PeerHandlers<WorkbenchProtocol>): void {
    const page = new PageConnection(socket, handlers);
    this.pages.add(page);
    page.closed.addEventListener('abort', () => this.pages.delete(page), { once: true });
  }

  /** @param code see `CloseCode` */
  closeAll(code: number, reason: string): void {
    for (const page of [...this.pages]) page.close({ code, reason });
  }
}
