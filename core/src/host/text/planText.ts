import type { Plan, PlanDevice, Step } from '@diskwright/sdk/protocol';
import { layoutText } from './layoutText';
import { printable } from '../../common/text/printable';
import { formatExactSize, formatSize, plural } from '../../common/text/size';
import { formatTable } from './table';

const PHASES: readonly (readonly [Step['phase'], string])[] = [
  ['check', 'Checked before anything is written'],
  ['invalidate', 'What was there is taken away'],
  ['content', 'Content'],
  ['commit', 'What makes it recognisable, last'],
];

/** What a job's folder holds afterwards of what was there before. */
const SAVED: Record<Plan['undo'], string> = {
  full: 'everything',
  metadata: 'tables and signatures; what content is copied over is lost',
  none: 'nothing',
};

/** A plan for people: devices with their identities, notes, steps by phase, warnings, the expected layout. */
export function planText(plan: Plan, digest: string): string {
  const parts = [
    summary(plan, digest),
    ...stepsText(plan),
    warningsText(plan.warnings),
    `Saved before it is overwritten: ${SAVED[plan.undo]}`,
  ];
  return [...parts, expectation(plan)].filter(Boolean).join('\n\n');
}

/** As {@link planText} without the single steps. */
export function planSummaryText(plan: Plan, digest: string): string {
  return [summary(plan, digest), warningsText(plan.warnings), expectation(plan)].filter(Boolean).join('\n\n');
}

/** A line a warning. */
export function warningsText(warnings: readonly string[]): string {
  return warnings.map((warning) => `warning: ${printable(warning)}`).join('\n');
}

/** Devices with what they are known by, one a line. */
export function planDevicesText(devices: readonly PlanDevice[]): string {
  return formatTable(
    null,
    devices.map(({ name, path, identity: { size, sectorSize, model, serial } }) => [
      name,
      path,
      `${formatExactSize(size)}, sectors of ${sectorSize}`,
      [model, serial && `serial ${serial}`].filter(Boolean).join(', '),
    ]),
  );
}

function summary(plan: Plan, digest: string): string {
  const head = `${printable(plan.title)}\ndigest ${digest}\n\n${planDevicesText(plan.devices)}`;
  return plan.notes.length === 0 ? head : `${head}\n\n${plan.notes.map((note) => `- ${printable(note)}`).join('\n')}`;
}

function expectation({ result }: Plan): string {
  return result ? `Afterwards:\n${layoutText(result)}` : '';
}

/** A paragraph a phase, a line a step. */
export function stepsText({ steps }: Plan): string[] {
  return PHASES.flatMap(([phase, title]) => {
    const rows = steps.filter((step) => step.phase === phase).map(stepCells);
    return rows.length === 0 ? [] : [`${title}\n${formatTable(null, rows, { right: [2], indent: '  ' })}`];
  });
}

/** What is done, to which structure, how much, where, and what else is to be said. */
function stepCells(step: Step): string[] {
  switch (step.kind) {
    case 'copy': {
      const { source, target, extents } = step;
      const from = source.offset === target.offset ? '' : `from ${place(source)}, `;
      return ['copy', step.structure, formatSize(extents.covered), place(target), `${from}${plural(extents.count, 'extent')}`];
    }
    case 'write': {
      const bytes = typeof step.bytes === 'string' ? Buffer.from(step.bytes, 'base64').length : step.bytes.bytes;
      return ['write', step.structure, formatSize(bytes), place(step.target), step.reason];
    }
    case 'zero':
    case 'discard':
      return [step.kind, step.structure, formatSize(step.extents?.covered ?? step.length), place(step.target)];
    case 'verify':
      return ['verify', step.structure, '', step.device];
    case 'assert':
      return ['unchanged', step.structure, '', place(step.device), plural(step.ranges.length, 'range')];
  }
}

const place = ({ device, offset }: { device: string; offset: number }): string => `${device} at ${offset}`;
