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

  broadcastNewest<M extends WorkbenchNotificationMethod>(
    method: M,
    params: WorkbenchParams<M>,
    { subject, except }: { subject?: string; except?: Page } = {},
  ): void {
    for (const page of this.pages) if (page !== except) page.notifyNewest(method, params, subject);
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
