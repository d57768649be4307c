import { html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatSize } from '../../common/text/size';
import { LightElement } from '../widgets/lightElement';
import { scaleTop, type RateHistory } from './rateHistory';

const WIDTH = 480;
const HEIGHT = 96;

/** The rates of a running job as a small graph, with the same in words beside it. */
@customElement('dw-rate-graph')
export class RateGraph extends LightElement {
  @property({ attribute: false }) history!: RateHistory;
  /** Another number when the history has changed. */
  @property({ attribute: false }) revision = 0;

  protected override render(): unknown {
    return html`<figure class="dw-rate">
      <canvas width=${WIDTH * 2} height=${HEIGHT * 2} role="img" aria-label="Rates so far: ${this.words()}"></canvas>
      <figcaption>${this.words()}</figcaption>
    </figure>`;
  }

  protected override updated(): void {
    const canvas = this.querySelector('canvas');
    const context = canvas?.getContext('2d');
    if (context) this.draw(context);
  }

  private words(): string {
    const summary = this.history.summary();
    if (!summary) return 'No rate yet';
    const { lowest, highest, average } = summary;
    return `${rate(average)} on average, ${rate(lowest)} to ${rate(highest)}`;
  }

  private draw(context: CanvasRenderingContext2D): void {
    const style = getComputedStyle(this);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    const { rates, capacity } = this.history;
    const top = scaleTop(Math.max(0, ...rates));
    const step = WIDTH / (capacity - 1);
    const y = (value: number): number => HEIGHT - (value / top) * (HEIGHT - 14);
    context.setTransform(2, 0, 0, 2, 0, 0);
    context.clearRect(0, 0, WIDTH, HEIGHT);
    context.strokeStyle = colour('--dw-border');
    context.lineWidth = 1;
    for (const share of [0, 0.5, 1]) line(context, [0, WIDTH], [y(top * share), y(top * share)]);
    context.fillStyle = colour('--dw-foreground-muted');
    context.font = `10px ${colour('--dw-font')}`;
    context.fillText(rate(top), 4, 10);
    if (rates.length === 0) return;
    context.strokeStyle = colour('--dw-accent');
    context.lineWidth = 1.5;
    line(
      context,
      rates.map((_, index) => WIDTH - (rates.length - 1 - index) * step),
      rates.map(y),
    );
  }
}

function line(context: CanvasRenderingContext2D, xs: readonly number[], ys: readonly number[]): void {
  context.beginPath();
  xs.forEach((x, index) => context.lineTo(x, ys[index]!));
  context.stroke();
}

const rate = (bytesPerSecond: number): string => `${formatSize(Math.round(bytesPerSecond))}/s`;
