import { html, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { printable } from '../../common/text/printable';
import { LightElement } from '../widgets/lightElement';
import { icon } from '../widgets/parts';
import { baseName, withParents } from './model/filePath';

/**
 * `<dw-path-bar>`: a path whose directories can be gone to, or that is typed: a click beside them, or {@link edit}, makes a text field of it.
 *
 * Events: `dw-path` with the path that was chosen or typed as `detail`.
 */
@customElement('dw-path-bar')
export class PathBar extends LightElement {
  @property() path = '/';
  /** In place of the root's slash. */
  @property() rootName = '/';
  @state() private isEdited = false;

  /** Makes a text field of it, with all of the path selected. */
  edit(): void {
    this.isEdited = true;
    void this.updateComplete.then(() => this.querySelector('input')?.select());
  }

  protected override render(): TemplateResult {
    return this.isEdited ? this.field() : this.trail();
  }

  protected override updated(): void {
    const list = this.querySelector('ol');
    // The end of a long path is what it is about.
    if (list) list.scrollLeft = list.scrollWidth;
  }

  private trail(): TemplateResult {
    const paths = withParents(this.path);
    return html`<nav class="dw-path-trail" aria-label="Path" @click=${(event: MouseEvent) => this.onClick(event)}>
      <ol>
        ${paths.map((path, index) => {
          const isLast = index === paths.length - 1;
          const name = index === 0 ? this.rootName : baseName(path);
          return html`<li>
            <button type="button" aria-current=${isLast ? 'location' : 'false'} @click=${() => this.choose(path)}>
              <bdi>${printable(name)}</bdi></button
            >${isLast ? '' : icon('chevron-right')}
          </li>`;
        })}
      </ol>
      <button
        type="button"
        class="dw-icon-button"
        title="Type a path (Ctrl+L)"
        aria-label="Type a path"
        @click=${() => this.edit()}
      >
        ${icon('edit')}
      </button>
    </nav>`;
  }

  private field(): TemplateResult {
    return html`<input
      class="dw-input dw-path-field"
      aria-label="Path"
      spellcheck="false"
      autocomplete="off"
      .value=${this.path}
      @keydown=${this.onKeyDown}
      @blur=${() => (this.isEdited = false)}
    />`;
  }

  private onClick(event: MouseEvent): void {
    if (!(event.target as Element).closest('button')) this.edit();
  }

  private readonly onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') this.choose((event.target as HTMLInputElement).value);
    else if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    this.isEdited = false;
    this.dispatchEvent(new CustomEvent('dw-left'));
  };

  private choose(path: string): void {
    this.dispatchEvent(new CustomEvent('dw-path', { detail: path }));
  }
}
