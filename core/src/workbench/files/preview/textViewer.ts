import { html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Disposable } from '../../api';
import type { ThemeId } from '../../services/theme';
import { errorBlock } from '../../widgets/shared/blocks';
import { LightElement } from '../../widgets/lightElement';
import type * as Monaco from '../../editors/settings/json/monaco';

type Viewer = ReturnType<typeof Monaco.createTextViewer>;

/** `<dw-text-viewer>`: text to be read, in Monaco, which is loaded with the first of them. */
@customElement('dw-text-viewer')
export class TextViewer extends LightElement {
  @property() text = '';
  @property() label = '';
  @state() private failure: unknown = null;
  private viewer: Viewer | null = null;

  protected override attach(keep: (item: Disposable) => void): void {
    const life = new AbortController();
    keep({
      dispose: () => {
        life.abort();
        this.viewer?.dispose();
        this.viewer = null;
      },
    });
    void this.load(keep, life.signal);
  }

  protected override render(): TemplateResult {
    if (this.failure) return errorBlock('The text editor cannot be loaded', this.failure);
    return html`<div class="dw-text-viewer-area"></div>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('text')) this.viewer?.setText(this.text);
  }

  private async load(keep: (item: Disposable) => void, ended: AbortSignal): Promise<void> {
    try {
      const loaded = await import(/* webpackChunkName: "monaco" */ '../../editors/settings/json/monaco');
      await this.updateComplete;
      if (ended.aborted) return;
      const { documentElement } = document;
      const applyTheme = (): void => loaded.applyTheme(documentElement.dataset['theme'] as ThemeId);
      const observer = new MutationObserver(applyTheme);
      observer.observe(documentElement, { attributeFilter: ['data-theme'] });
      keep({ dispose: () => observer.disconnect() });
      applyTheme();
      this.viewer = loaded.createTextViewer(this.querySelector<HTMLElement>('.dw-text-viewer-area')!, this.label);
      this.viewer.setText(this.text);
    } catch (error) {
      if (!ended.aborted) this.failure = error;
    }
  }
}
