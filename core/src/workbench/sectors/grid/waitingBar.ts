import { html, nothing, render } from 'lit';
import { hexOffset } from '../model/offsetFormat';
import type { GridSource } from './gridSource';

/** What takes less is not worth a word. */
const quietMilliseconds = 400;

/** Says what a grid waits for and for how long, and gives it up at once when the user cancels. */
export class WaitingBar {
  readonly element = document.createElement('div');
  private timer: ReturnType<typeof setInterval> | null = null;

  constructor(private readonly source: GridSource) {
    this.element.className = 'dw-sectors-waiting';
    this.element.setAttribute('role', 'status');
  }

  /** To be called when the source changed. */
  update(): void {
    if (this.source.waiting && this.timer === null) this.timer = setInterval(() => this.tick(), 100);
    this.tick();
  }

  dispose(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  private tick(): void {
    const { waiting, isPaused } = this.source;
    if (!waiting) this.dispose();
    const elapsed = waiting ? performance.now() - waiting.sinceMilliseconds : 0;
    render(
      isPaused ? this.paused() : waiting && elapsed > quietMilliseconds ? this.wait(waiting.offset, elapsed) : nothing,
      this.element,
    );
  }

  private wait(offset: number, elapsed: number) {
    const seconds = (elapsed / 1000).toFixed(1);
    return html`<span class="dw-sectors-waiting-text">
        <i class="codicon codicon-watch" aria-hidden="true"></i> Waiting for the device at offset ${hexOffset(offset)}:
        <span aria-hidden="true">${seconds} s</span>
      </span>
      <button class="dw-button" @click=${() => this.cancel()}>Cancel</button>`;
  }

  private paused() {
    return html`<span class="dw-sectors-waiting-text">
        <i class="codicon codicon-circle-slash" aria-hidden="true"></i> Reading was cancelled. Bars stand for what was not read.
      </span>
      <button class="dw-button" @click=${() => this.source.resume()}>Read again</button>`;
  }

  private cancel(): void {
    this.source.cancel();
    this.tick();
  }
}
