import { html } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { LightElement } from './lightElement';
import { icon } from './parts';

const SHOWN_MILLISECONDS = 2000;

/** A line of text to be copied: a command line, a digest, an address. */
@customElement('dw-copy-text')
export class CopyText extends LightElement {
  /** What is copied. */
  @property() text = '';
  /** What it is: `Command line`. */
  @property() label = 'Text';
  /** Shown in the place of the text: the beginning of a long digest. */
  @property() shown = '';
  @state() private note = '';
  private timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    clearTimeout(this.timer);
    super.disconnectedCallback();
  }

  protected override render(): unknown {
    return html`<code class="dw-copy-text-value" title=${this.text}>${this.shown || this.text}</code>
      <button type="button" class="dw-icon-button" title="Copy" aria-label="Copy: ${this.label}" @click=${this.copy}>
        ${icon(this.note === 'Copied' ? 'check' : 'copy')}
      </button>
      <span class="dw-copy-text-note" role="status">${this.note}</span>`;
  }

  private readonly copy = async (): Promise<void> => {
    this.note = await navigator.clipboard.writeText(this.text).then(
      () => 'Copied',
      () => 'The browser does not allow it: select the text and press Ctrl+C',
    );
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.note = ''), SHOWN_MILLISECONDS);
  };
}
