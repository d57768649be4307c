import type { HostConnection } from '../api';
import { isCancellation } from '../widgets/shared/errorText';

const MAXIMUM_CHARACTERS = 2000;
const MAXIMUM_REPORTS = 50;

/** Tells the host's log of errors in this page that nobody expected; the first of them only, should one repeat without end. */
export class ProblemReports {
  private sent = 0;

  constructor(private readonly host: HostConnection) {}

  /** Takes in what was thrown and caught nowhere, too. @param show is told of each, for the user */
  watch(show: (error: unknown) => void): void {
    const take = (error: unknown): void => {
      if (isCancellation(error)) return;
      this.report(error);
      show(error);
    };
    addEventListener('error', (event) => {
      // Observers that cannot deliver in one frame go on in the next; nothing is wrong.
      if (!event.message.startsWith('ResizeObserver loop')) take(event.error ?? event.message);
    });
    addEventListener('unhandledrejection', ({ reason }) => take(reason));
  }

  report(error: unknown): void {
    if (this.sent >= MAXIMUM_REPORTS || this.host.state !== 'connected') return;
    this.sent++;
    const text = error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
    this.host.request('workbench/problem', { message: text.slice(0, MAXIMUM_CHARACTERS) }).catch(() => undefined);
  }
}
