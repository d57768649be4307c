import { html, nothing, type TemplateResult } from 'lit';
import type { PluginEntry } from '../../common/workbench';
import { icon } from '../widgets/parts';
import { capabilityWords } from './pluginWords';

/** What a user can do about where a plugin came from, and what it may do. */
export interface OriginActions {
  grant(capability: string): void;
  revoke(capability: string, key: string | null): void;
}

/** Who made it, as far as anybody can tell, and its versions. */
export function renderOrigin({ installed, version }: PluginEntry): TemplateResult {
  if (!installed) return html`<p class="dw-muted">It came with Diskwright, or its author works on it here.</p>`;
  const { source, signedBy, installedAt, previous, builtIn } = installed;
  const signature =
    signedBy === null
      ? html`<span class="dw-tone-warning">${icon('unverified')} Not signed: nobody can tell who made it.</span>`
      : html`<span class="dw-tone-good">${icon('verified')} Signed</span> <code class="dw-muted">${signedBy}</code>`;
  const facts: [string, unknown][] = [
    ['Signature', signature],
    ['From', source],
    ['Installed', new Date(installedAt).toLocaleString()],
    ['Version in use', version],
    ['Before it', previous ?? 'none'],
    ...(builtIn === null ? [] : [['Came with Diskwright', builtIn] as [string, unknown]]),
  ];
  return html`<dl class="dw-facts">
    ${facts.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

/** What the user granted it, each with a button to take it back. */
export function renderGrants({ grants, displayName }: PluginEntry, { revoke }: OriginActions): TemplateResult {
  if (grants === null) return html`<p class="dw-muted">It came with Diskwright, and has what it asks for.</p>`;
  if (grants.length === 0)
    return html`<p class="dw-muted">Nothing yet. You are asked when it needs a device for the first time.</p>`;
  return html`<ul class="dw-plugin-grants" aria-label="Granted">
    ${grants.map(({ capability, device }) => {
      const words = capabilityWords(capability)?.text ?? capability;
      const what = device ? `${words}: ${device.name}` : words;
      return html`<li>
        <span>${what}${device ? nothing : html` <span class="dw-muted">(asked for each device)</span>`}</span>
        <button
          type="button"
          class="dw-button"
          aria-label="Revoke ${what} of ${displayName}"
          @click=${() => revoke(capability, device?.key ?? null)}
        >
          ${icon('close')}Revoke
        </button>
      </li>`;
    })}
  </ul>`;
}

/** A version that waits for what it asks for besides, with a button for each; nothing when none does. */
export function renderWaiting({ waiting, version }: PluginEntry, { grant }: OriginActions): TemplateResult | null {
  if (!waiting) return null;
  return html`<div role="group" aria-label="A version that waits">
    <p>
      Version ${waiting.version} is installed and waits, as it asks for more than ${version} does. It is used once you allow it:
    </p>
    ${waiting.asks.map((capability) => {
      const words = capabilityWords(capability);
      return html`<p>
        <button type="button" class="dw-button" @click=${() => grant(capability)}>
          ${icon('check')}Allow: ${words?.text ?? capability}
        </button>
        <span class="dw-muted">${words?.detail ?? capability}</span>
      </p>`;
    })}
  </div>`;
}
