import { html, nothing, type TemplateResult } from 'lit';
import type { CommandInput } from '@diskwright/sdk/protocol';
import { commandLine } from '../../common/commandLine/commandLine';
import { printable } from '../../common/text/printable';
import { formatSize, plural } from '../../common/text/size';
import type { WorkbenchResult } from '../../common/workbench';
import type { Workbench } from '../api';
import '../widgets/copyText';
import { icon } from '../widgets/parts';
import { capitalised } from '../widgets/shared/errorText';
import { commandCatalogue } from '../wizards/commandCatalogue';
import { SAVED_WORDS, shortDigest } from './planWords';

export type PlanAnswer = WorkbenchResult<'plans/read'>;

/** The devices of a plan: which are written, which are only read, and how they are told from others. */
export function planDevices({ plan }: PlanAnswer, { devices }: Workbench): TemplateResult {
  return html`<h2>Devices</h2>
    ${plan.devices.map(({ name, role, path, identity: { size, sectorSize, model, serial, kind } }) => {
      const facts = [formatSize(size), `sectors of ${sectorSize}`, kind, model, serial && `serial ${serial}`].filter(Boolean);
      return html`<div class="dw-plan-device">
        <div>
          <span class="dw-role dw-role-${role}"
            >${icon(role === 'target' ? 'edit' : 'eye')}${role === 'target' ? 'Written' : 'Read'}</span
          >
          <strong>${printable(devices.label(path))}</strong> <span class="dw-muted">(${printable(name)})</span>
        </div>
        <div class="dw-muted">${printable(path)}</div>
        <div>${printable(facts.join(', '))}</div>
      </div>`;
    })}`;
}

/** What a plan is and does, in a few lines. */
export function planFacts(answer: PlanAnswer, workbench: Workbench): TemplateResult {
  const { plan, digest, createdAt } = answer;
  const saved = SAVED_WORDS[plan.undo];
  return html`<h2>In short</h2>
    <dl class="dw-facts">
      <dt>Does</dt>
      <dd>${amounts(answer)}</dd>
      <dt>Saved first</dt>
      <dd><strong>${saved.short}.</strong> ${saved.meaning}</dd>
      <dt>Made</dt>
      <dd>${new Date(createdAt).toLocaleString()}</dd>
      <dt>Made by</dt>
      <dd>${madeBy(answer, workbench)}</dd>
      <dt>Digest</dt>
      <dd><dw-copy-text .text=${digest} .shown=${shortDigest(digest)} .label=${'Digest'}></dw-copy-text></dd>
    </dl>`;
}

/** What the plugin says of the parts of the target. */
export function planNotes(notes: readonly string[]): unknown {
  if (notes.length === 0) return nothing;
  return html`<h2>What becomes of what</h2>
    <ul class="dw-plan-notes">
      ${notes.map((note) => html`<li>${capitalised(printable(note))}</li>`)}
    </ul>`;
}

/** The command line that makes the same plan; of a command that is not there now, its id and input. */
function madeBy({ plan }: PlanAnswer, { host }: Workbench): TemplateResult {
  const { id, input } = plan.command;
  const contribution = commandCatalogue(host).find(id)?.contribution;
  const line = contribution ? commandLine(contribution, (input ?? {}) as CommandInput) : null;
  return html`<dw-copy-text
    .text=${printable(line ?? `${id} ${JSON.stringify(input)}`)}
    .label=${'Command line'}
  ></dw-copy-text>`;
}

function amounts({ bytes: { copied, written, cleared }, stepCount }: PlanAnswer): string {
  const parts = [
    copied > 0 ? `copies ${formatSize(copied)}` : '',
    written > 0 ? `writes ${formatSize(written)}` : '',
    cleared > 0 ? `clears ${formatSize(cleared)}` : '',
  ].filter(Boolean);
  return `${plural(stepCount, 'step')}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}
