import { LitElement } from 'lit';
import { Disposables, type Disposable } from '../api';

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
    this.attach?.((item) => void owned.add(item));
  }

  override disconnectedCallback(): void {
    this.whileConnected.dispose();
    super.disconnectedCallback();
  }
}
