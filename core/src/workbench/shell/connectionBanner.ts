import { html, render, type TemplateResult } from 'lit';
import type { HostLink } from '../connection/hostLink';

/** How long a connection may be gone before the user is told: one that comes back at once is no news. */
const PATIENCE_MILLISECONDS = 600;

/** Says above the window that the host is gone, why, and what to do. */
export class ConnectionBanner {
  readonly element = document.createElement('div');
  private timer: ReturnType<typeof setInterval> | null = null;
  private lostAt = 0;

  constructor(private readonly link: HostLink) {
    this.element.className = 'dw-banner';
    this.element.hidden = true;
    this.element.setAttribute('role', 'alert');
    link.onDidChangeState(() => this.update());
  }

  update(): void {
    const { state } = this.link;
    if (state === 'lost' && this.timer === null) {
      this.lostAt = Date.now();
      this.timer = setInterval(() => this.draw(), 500);
    }
    if (state !== 'lost' && this.timer !== null) {
      clearInterval(this.timer);
      this.timer = null;
    }
    this.draw();
  }

  private draw(): void {
    const { state } = this.link;
    const lost = state === 'lost' && Date.now() - this.lostAt >= PATIENCE_MILLISECONDS;
    this.element.hidden = !lost && state !== 'ended';
    this.element.classList.toggle('dw-ended', state === 'ended');
    if (this.element.hidden) render(null, this.element);
    else render(state === 'ended' ? this.ended() : this.lost(), this.element);
  }

  private lost(): TemplateResult {
    return html`<i class="codicon codicon-debug-disconnect" aria-hidden="true"></i>
      <p>
        The connection to Diskwright's host was lost. Jobs that run go on without it. This window reconnects by itself; if the
        host has ended, start it again with <code>diskwright start</code>.
      </p>
      <button type="button" class="dw-button" @click=${() => this.link.retry()}>Reconnect now</button>`;
  }

  private ended(): TemplateResult {
    const loggedOut = this.link.reason === 'loggedOut';
    return html`<i class="codicon codicon-circle-slash" aria-hidden="true"></i>
      <p>
        ${loggedOut ? 'This session was logged out, in all windows.' : 'The host that answers now is another one, and does not know this window.'}
        Nothing here works any more. Open the address that <code>diskwright start</code> printed
        ${loggedOut ? 'after the log out' : 'last'}.
      </p>`;
  }
}
