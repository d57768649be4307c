import { html, nothing, type TemplateResult } from 'lit';
import { progressBar } from '../widgets/parts';
import type { Notice, Notifications, Severity } from '../services/prompts/notifications';

const ICONS: Record<Severity, string> = { info: 'info', warning: 'warning', error: 'error', progress: 'sync' };
const WORDS: Record<Severity, string> = { info: 'Information', warning: 'Warning', error: 'Error', progress: 'In progress' };

/** One notification, as a toast or in the centre. */
export function noticeTemplate(notice: Notice, notifications: Notifications, inCentre: boolean): TemplateResult {
  const { severity, message, detail, options, progress } = notice;
  const dismiss = (): void => (inCentre && severity !== 'progress' ? notifications.remove(notice) : notifications.hide(notice));
  return html`<div
    class="dw-notice dw-notice-${severity}"
    role="group"
    aria-label="${WORDS[severity]}: ${message}"
    data-notice=${notice.id}
  >
    <i class="dw-notice-icon codicon codicon-${ICONS[severity]}" aria-hidden="true"></i>
    <div class="dw-notice-text">
      <p><span class="dw-visually-hidden">${WORDS[severity]}: </span>${message}</p>
      ${detail.map((line) => html`<p class="dw-notice-detail">${line}</p>`)}
      ${progress?.text ? html`<p class="dw-notice-detail">${progress.text}</p>` : nothing}
      ${inCentre ? html`<span class="dw-notice-time">${new Date(notice.time).toLocaleTimeString()}</span>` : nothing}
    </div>
    ${
      inCentre && severity === 'progress'
        ? nothing
        : html`<button
            type="button"
            class="dw-icon-button"
            title=${inCentre ? 'Remove' : 'Hide'}
            aria-label=${inCentre ? 'Remove notification' : 'Hide notification'}
            @click=${dismiss}
          >
            <i class="codicon codicon-close" aria-hidden="true"></i>
          </button>`
    }
    ${progress ? progressBar(notice.message, progress.fraction ?? null) : nothing}
    ${buttons(notice, options.actions ?? [], notifications)}
  </div>`;
}

function buttons(
  notice: Notice,
  actions: NonNullable<Notice['options']['actions']>,
  notifications: Notifications,
): TemplateResult | typeof nothing {
  if (actions.length === 0 && !notice.progress) return nothing;
  return html`<div class="dw-notice-actions">
    ${actions.map(
      ({ label, run }, index) =>
        html`<button
          type="button"
          class="dw-button ${index === 0 ? 'dw-primary' : ''}"
          @click=${() => {
            notifications.remove(notice);
            void Promise.resolve()
              .then(run)
              .catch((error: unknown) => notifications.error(error));
          }}
        >
          ${label}
        </button>`,
    )}
    ${
      notice.progress
        ? html`<button type="button" class="dw-button" ?disabled=${!notice.cancel} @click=${() => notice.cancel?.()}>
            ${notice.cancel ? 'Cancel' : 'Cancelling…'}
          </button>`
        : nothing
    }
  </div>`;
}
