import { html, type TemplateResult } from 'lit';
import { callout } from '../parts';
import { emptyBlock } from './blocks';

const MEANWHILE = 'It has not answered yet. Everything else can be used meanwhile.';

/** Stands where something would be that does not answer: what is waited for, and the way out. */
export function waitingBlock(what: string, cancel: () => void): TemplateResult {
  return html`<div role="status">${emptyBlock(`Waiting for ${what}`, MEANWHILE, [{ label: 'Cancel', run: cancel }])}</div>`;
}

/** The same above what was known before. */
export function waitingCallout(what: string, cancel: () => void): TemplateResult {
  return callout(
    'info',
    html`<span role="status">Waiting for ${what}. What is shown was read before.</span>
      <button type="button" class="dw-link-button" @click=${cancel}>Cancel</button>`,
  );
}

/** Stands where something would be that nobody waits for any more. */
export function cancelledBlock(what: string, again: () => void): TemplateResult {
  return emptyBlock(`${what} was not read`, 'You cancelled it.', [{ label: 'Try Again', primary: true, run: again }]);
}
