import type { NamedRange } from '@diskwright/sdk/protocol';
import type { GptTable } from './gpt/gptTable';
import type { MbrTable } from './mbr/mbrTable';
import type { FoundTable } from './readTable';

/** The most signatures that are listed (protocol: 256). */
const maximum = 256;

/**
 * The few bytes by which the table is recognised, at both ends of the device and, for extended partitions, inside of it; those of a GPT that does not
 * count any more as well.
 */
export function tableSignatures({ table, remains }: FoundTable): NamedRange[] {
  const marks: NamedRange[] = [{ offset: 510, length: 2, name: 'boot record signature' }];
  if (table.kind === 'gpt') marks.push(...gptMarks(table));
  else marks.push(...chainMarks(table));
  if (remains) marks.push(...gptMarks(remains));
  return marks.filter(({ offset, length }) => offset + length <= table.deviceSize).slice(0, maximum);
}

function gptMarks({ primary, backup, lastLba, sectorSize }: GptTable): NamedRange[] {
  const lbas = new Set([primary.lba, backup.lba, lastLba]);
  return [...lbas]
    .filter((lba) => lba >= 1)
    .map((lba) => ({ offset: lba * sectorSize, length: 8, name: 'GPT header signature' }));
}

function chainMarks({ records, sectorSize }: MbrTable): NamedRange[] {
  return records.map(({ lba }) => ({ offset: lba * sectorSize + 510, length: 2, name: 'extended boot record signature' }));
}
