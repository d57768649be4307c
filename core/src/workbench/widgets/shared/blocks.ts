import { html, type TemplateResult } from 'lit';
import './blocks.css';
import { showError } from './errorText';

/** A button in a block. */
export interface BlockAction {
  label: string;
  primary?: boolean;
  run(): unknown;
}

/** Stands where something would be: says that nothing is there yet, and what to do about it. */
export function emptyBlock(title: string, text: string, actions: BlockAction[] = []): TemplateResult {
  return html`<div class="dw-block dw-empty-block">
    <p class="dw-block-title">${title}</p>
    <p>${text}</p>
    ${buttons(actions)}
  </div>`;
}

/** Stands where something could not be shown: what happened, where, and what to do next. */
export function errorBlock(title: string, error: unknown, actions: BlockAction[] = []): TemplateResult {
  const { message, lines } = showError(error);
  return html`<div class="dw-block dw-error-block" role="alert">
    <p class="dw-block-title"><i class="codicon codicon-error" aria-hidden="true"></i><span>${title}</span></p>
    <p>${message}</p>
    ${lines.map((line) => html`<p>${line}</p>`)} ${buttons(actions)}
  </div>`;
}

function buttons(actions: BlockAction[]): TemplateResult | null {
  if (actions.length === 0) return null;
  return html`<div class="dw-block-actions">
    ${actions.map(
      ({ label, primary, run }) =>
        html`<button type="button" class="dw-button ${primary ? 'dw-primary' : ''}" @click=${run}>${label}</button>`,
    )}
  </div>`;
}
