import type { Plan, Step } from '@diskwright/sdk/protocol';
import { layoutText } from './layoutText';
import { formatSize } from './size';
import { printable } from './table';

const PHASE_TITLES: Record<Step['phase'], string> = {
  check: 'Check, before anything is written',
  invalidate: 'Take away what was there',
  content: 'Content',
  commit: 'Make it recognisable',
};

/** A plan for people: devices with their identities, notes, steps by phase, warnings, the expected layout. */
export function planText(plan: Plan, digest: string): string {
  const lines = [printable(plan.title), `digest ${digest}`, ''];
  for (const { name, path, identity } of plan.devices) {
    const known = [identity.model, identity.serial && `serial ${identity.serial}`].filter(Boolean).join(', ');
    lines.push(
      `${name}: ${printable(path)}, ${formatSize(identity.size)} (${identity.size} bytes), sectors of ${identity.sectorSize}${known ? `, ${printable(known)}` : ''}`,
    );
  }
  if (plan.notes.length > 0) lines.push('', ...plan.notes.map((note) => `- ${printable(note)}`));
  for (const phase of ['check', 'invalidate', 'content', 'commit'] as const) {
    const steps = plan.steps.filter((step) => step.phase === phase);
    if (steps.length > 0) lines.push('', PHASE_TITLES[phase], ...steps.map((step) => `  ${printable(stepText(step))}`));
  }
  if (plan.warnings.length > 0) lines.push('', ...plan.warnings.map((warning) => `warning: ${printable(warning)}`));
  lines.push('', `Can be undone: ${UNDO[plan.undo]}`);
  if (plan.result) lines.push('', 'Afterwards:', layoutText(plan.result));
  return lines.join('\n');
}

const UNDO: Record<Plan['undo'], string> = {
  full: 'everything',
  metadata: 'tables and signatures; what content is copied over is lost',
  none: 'nothing',
};

function stepText(step: Step): string {
  switch (step.kind) {
    case 'copy':
      return `copy ${formatSize(step.extents.covered)} in ${step.extents.count} extents: ${step.structure}, from ${step.source.device} at ${step.source.offset} to ${step.target.device} at ${step.target.offset}`;
    case 'write':
      return `write ${typeof step.bytes === 'string' ? Buffer.from(step.bytes, 'base64').length : step.bytes.bytes} bytes to ${step.target.device} at ${step.target.offset}: ${step.structure}; ${step.reason}`;
    case 'zero':
    case 'discard':
      return `${step.kind} ${formatSize(step.extents?.covered ?? step.length)} of ${step.target.device} at ${step.target.offset}: ${step.structure}`;
    case 'verify':
      return `verify ${step.structure} on ${step.device}`;
    case 'assert':
      return `refuse if ${step.structure} changed on ${step.device.device} (${step.ranges.length} ranges at ${step.device.offset})`;
  }
}
