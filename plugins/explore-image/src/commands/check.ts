import type { CommandHandler } from '@diskwright/sdk';
import type { Finding, ListColumn, ListEnd, VolumeRef } from '@diskwright/sdk/protocol';
import { openVolume } from '../place/openPlace';

const COLUMNS: ListColumn[] = [
  { field: 'severity', title: 'Severity', kind: 'text', width: 8 },
  { field: 'code', title: 'Code', kind: 'text', width: 32 },
  { field: 'message', title: 'Finding', kind: 'text' },
];

/** `check`: what is wrong with a filesystem, as far as reading alone can tell. Exit status 1 where something is. */
export const check: CommandHandler = {
  async execute(input, context) {
    const { volume: volumeRef } = input as unknown as { volume: VolumeRef };
    const named = context.named['volume'] ?? 'the volume';
    const volume = await openVolume(context, volumeRef, named);
    return {
      kind: 'list',
      list: { title: `Findings in ${named}`, columns: COLUMNS, items: findingsOf(await volume.check(), volume.type) },
    };
  },
};

function* findingsOf(findings: Finding[], type: string): Generator<Finding[], ListEnd> {
  yield findings;
  const count = (severity: Finding['severity']): number => findings.filter((finding) => finding.severity === severity).length;
  const errors = count('error');
  if (findings.length === 0) return { message: `Nothing was found: ${type}, as far as reading can tell.`, exitStatus: 0 };
  const counts = `${counted(errors, 'error')}, ${counted(count('warning'), 'warning')}, ${counted(count('info'), 'note')}.`;
  return { message: counts, exitStatus: errors > 0 ? 1 : 0 };
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
