import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import './parts.css';
import { showError } from './shared/errorText';

/** @param name a codicon's */
export const icon = (name: string): TemplateResult => html`<i class="codicon codicon-${name}" aria-hidden="true"></i>`;

const LONG_LABEL_CHARACTERS = 32;

/** A button with a sign and a label, which may be a plugin's: a long one is cut off, and whole in the tooltip. */
export function actionButton(iconName: string, label: string, run: () => unknown): TemplateResult {
  const title = label.length > LONG_LABEL_CHARACTERS ? label : nothing;
  return html`<button type="button" class="dw-button" title=${title} @click=${run}>
    ${icon(iconName)}<span class="dw-button-label">${label}</span>
  </button>`;
}

type CalloutKind = 'info' | 'warning' | 'error' | 'success';
const CALLOUTS: Readonly<Record<CalloutKind, { icon: string; label: string }>> = {
  info: { icon: 'info', label: 'Note' },
  warning: { icon: 'warning', label: 'Warning' },
  error: { icon: 'error', label: 'Error' },
  success: { icon: 'pass', label: 'Done' },
};

/** Something that is to be noticed, in a box with a sign. */
export function callout(kind: CalloutKind, content: unknown): TemplateResult {
  return html`<div class="dw-callout dw-callout-${kind}">
    ${icon(CALLOUTS[kind].icon)}<span class="dw-visually-hidden">${CALLOUTS[kind].label}: </span>
    <div class="dw-callout-text">${content}</div>
  </div>`;
}

/** An error within something else: what happened, where, and what to do. */
export function errorCallout(error: unknown, actions: unknown = nothing): TemplateResult {
  const { message, lines } = showError(error);
  return callout(
    'error',
    html`<div role="alert">${message}</div>
      ${lines.map((line) => html`<div>${line}</div>`)} ${actions}`,
  );
}

/** A bar that fills; without a share, one that only shows that something goes on. @param share 0 … 1 */
export function progressBar(label: string, share: number | null): TemplateResult {
  return html`<vscode-progress-bar
    aria-label=${label}
    .value=${share === null ? undefined : Math.floor(share * 100)}
    ?indeterminate=${share === null}
  ></vscode-progress-bar>`;
}
