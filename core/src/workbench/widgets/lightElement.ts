import { LitElement } from 'lit';
import { Disposables, type Disposable } from '../api';
import { onDidChangeSizes } from './shared/sizeText';

/** Where the focus goes when what had it is no longer drawn. */
const NEXT_FOCUS = ['[data-refocus]', '[data-autofocus]', 'button:not(:disabled), input:not(:disabled), select, [tabindex="0"]'];

/** A custom element without a shadow root, so that the workbench's styles and labels reach into it. */
export abstract class LightElement extends LitElement {
  private whileConnected = new Disposables();

  protected override createRenderRoot(): this {
    return this;
  }

  /** Called each time it comes onto the page; what is passed to `keep` is disposed when it leaves it. */
  protected attach?(keep: (item: Disposable) => void): void;

  override connectedCallback(): void {
    super.connectedCallback();
    const owned = new Disposables();
    this.whileConnected = owned;
    owned.add(onDidChangeSizes(() => this.requestUpdate()));
    this.attach?.((item) => void owned.add(item));
  }

  override disconnectedCallback(): void {
    this.whileConnected.dispose();
    super.disconnectedCallback();
  }

  /** Draws, and keeps the focus within: a button that gives way to another one must not drop who uses the keyboard to the top of the page. */
  protected override performUpdate(): void {
    const hadFocus = this.contains(document.activeElement);
    super.performUpdate();
    if (!hadFocus || (document.activeElement !== document.body && document.activeElement !== null)) return;
    const within = NEXT_FOCUS.map((selector) => this.querySelector<HTMLElement>(selector)).find((found) => found !== null);
    const next = within ?? this.parentElement?.closest<HTMLElement>('[tabindex]');
    next?.focus({ preventScroll: true });
  }
}
