import { html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { FailedError } from '@diskwright/sdk/errors';
import { LightElement } from '../../widgets/lightElement';
import { emptyBlock, errorBlock } from '../../widgets/shared/blocks';
import './welcome.css';

/** The text that the build makes of the licences of all parts; the server has it beside the page. */
const PATH = '/licences.txt';

/** The licences of what Diskwright is made with, as text. */
@customElement('dw-licences')
export class Licences extends LightElement {
  @state() private text: string | null = null;
  @state() private problem: unknown = null;

  constructor() {
    super();
    void this.load();
  }

  protected override render(): TemplateResult {
    const title = 'The licences cannot be shown';
    if (this.problem !== null)
      return errorBlock(title, this.problem, [{ label: 'Try Again', primary: true, run: () => this.load() }]);
    if (this.text === null) return emptyBlock('Reading…', 'The licences are on their way.');
    return html`<pre class="dw-licences" role="region" aria-label="Licences" tabindex="0" data-autofocus>${this.text}</pre>`;
  }

  private async load(): Promise<void> {
    this.problem = null;
    try {
      const answer = await fetch(PATH);
      if (!answer.ok) {
        const todo = 'They are in the file licences.txt beside the programs, once all of them are built.';
        throw new FailedError(`the host answered ${answer.status} for ${PATH}`, { todo });
      }
      this.text = await answer.text();
    } catch (error) {
      this.problem = error;
    }
  }
}
