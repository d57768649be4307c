import { html, render } from 'lit';
import { showError } from '../../widgets/shared/errorText';

/** What stands in an editor until its device is open: what it waits for and for how long, or why it is not open. */
export class OpeningView {
  readonly element = document.createElement('div');
  private readonly since = performance.now();
  private timer: ReturnType<typeof setInterval> | null;

  constructor(
    private readonly label: string,
    private readonly onCancel: () => void,
    private readonly onRetry: () => void,
  ) {
    this.element.className = 'dw-sectors-opening';
    this.element.setAttribute('role', 'status');
    this.timer = setInterval(() => this.wait(), 100);
    this.wait();
  }

  /** Null when the user cancelled. */
  failed(error: unknown): void {
    this.stop();
    const cancelled = error === null;
    const { message, lines } = showError(error);
    render(
      html`<i class="codicon codicon-${cancelled ? 'circle-slash' : 'error'}" aria-hidden="true"></i>
        <p><strong>${cancelled ? `Opening ${this.label} was cancelled` : `${this.label} cannot be opened`}</strong></p>
        ${cancelled ? '' : [message, ...lines].map((line) => html`<p>${line}</p>`)}
        <button class="dw-button dw-primary" data-autofocus @click=${this.onRetry}>Try again</button>`,
      this.element,
    );
  }

  dispose(): void {
    this.stop();
    this.element.remove();
  }

  private stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  private wait(): void {
    const elapsed = performance.now() - this.since;
    const slow = elapsed > 400;
    render(
      html`<p>Opening ${this.label}…</p>
        ${
          slow
            ? html`<p>The device has not answered for <span aria-hidden="true">${(elapsed / 1000).toFixed(1)} s</span>.</p>
                <button class="dw-button" data-autofocus @click=${this.onCancel}>Cancel</button>`
            : ''
        }`,
      this.element,
    );
  }
}
