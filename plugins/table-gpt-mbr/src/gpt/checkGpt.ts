import type { Finding } from '@diskwright/sdk/protocol';
import { safeNumber } from '@diskwright/sdk/struct';
import { FindingList } from '../findingList';
import { protectiveType } from '../names/mbrTypeNames';
import type { GptHeader } from '../structures/gptHeader';
import { checkGptEntries } from './checkGptEntries';
import type { GptCopy } from './gptCopy';
import type { GptTable } from './gptTable';

const repairTodo =
  'rebuild the table in place, for example with "sgdisk -e" or with gdisk\'s recovery menu, after a look at its partitions';
/** What the size field of a protective entry says on a disk with more sectors than it can count. */
const largestCount = 0xffffffff;

/** Everything that is wrong with a GPT as a whole: damaged or differing copies, places, the protective record, the entries. */
export function checkGpt(table: GptTable): Finding[] {
  const findings = new FindingList();
  checkCopies(table, findings);
  checkProtectiveRecord(table, findings);
  if (table.active) {
    checkUsableRange(table, table.active.header, findings);
    checkGptEntries(table, table.active, findings);
  }
  return findings.list;
}

function headerRange(table: GptTable, copy: GptCopy): Finding['ranges'] {
  const offset = copy.lba * table.sectorSize;
  return offset + table.sectorSize <= table.deviceSize ? [{ offset, length: table.sectorSize }] : [];
}

function checkCopies(table: GptTable, findings: FindingList): void {
  const { primary, backup, active } = table;
  findings.add(...primary.findings, ...backup.findings);
  for (const copy of [primary, backup]) {
    if (copy.state === 'absent' && copy.findings.length === 0) {
      findings.error(
        `gpt.${copy.role}.missing`,
        `there is no ${copy.role} GPT header at LBA ${copy.lba}`,
        headerRange(table, copy),
        repairTodo,
      );
    }
  }
  if (!active) {
    const todo = 'recover the table with a tool such as gdisk or testdisk before anything is written';
    findings.error(
      'gpt.unusable',
      'neither copy of the GPT can be relied on: the partitions are not known',
      headerRange(table, primary),
      todo,
    );
    return;
  }
  if (active.state !== 'good') {
    findings.error(
      'gpt.untrusted',
      `the partitions are those of the ${active.role} GPT, though its checksum is wrong`,
      headerRange(table, active),
      repairTodo,
    );
  } else if (active.role === 'backup') {
    findings.warning(
      'gpt.usesBackup',
      'the primary GPT cannot be used; the partitions are those of the backup',
      headerRange(table, primary),
      repairTodo,
    );
  }
  if (backup.header && backup.state !== 'damaged' && backup.lba !== table.lastLba) {
    findings.warning(
      'gpt.backup.notAtEnd',
      `the backup GPT lies at LBA ${backup.lba}, but the disk ends at ${table.lastLba}: ${table.lastLba - backup.lba} sectors at its end cannot be used`,
      headerRange(table, backup),
      'move the backup to the end of the disk ("sgdisk -e")',
    );
  }
  checkAgreement(table, findings);
}

/** Fields that say the same in both copies. */
const sharedFields = [
  'diskGuid',
  'firstUsableLba',
  'lastUsableLba',
  'partitionEntryCount',
  'partitionEntrySize',
  'entryArrayCrc32',
] as const;

function checkAgreement(table: GptTable, findings: FindingList): void {
  const { primary, backup } = table;
  if (primary.state !== 'good' || backup.state !== 'good' || !primary.header || !backup.header) return;
  const differing = sharedFields.filter((field) => primary.header?.[field] !== backup.header?.[field]);
  const ranges = [...headerRange(table, primary), ...headerRange(table, backup)];
  if (differing.length > 0) {
    findings.warning(
      'gpt.copies.differ',
      `the two copies of the GPT are valid but differ in ${differing.join(', ')}`,
      ranges,
      repairTodo,
    );
  }
  if (primary.header.alternateLba !== BigInt(backup.lba)) {
    const message = `the primary GPT header says that the backup lies at LBA ${primary.header.alternateLba}; it was found at ${backup.lba}`;
    findings.warning('gpt.primary.alternateLba', message, headerRange(table, primary), repairTodo);
  }
  if (backup.header.alternateLba !== 1n) {
    const message = `the backup GPT header says that the primary lies at LBA ${backup.header.alternateLba}, not at 1`;
    findings.warning('gpt.backup.alternateLba', message, headerRange(table, backup), repairTodo);
  }
}

function checkUsableRange(table: GptTable, header: GptHeader, findings: FindingList): void {
  const ranges = table.active ? headerRange(table, table.active) : [];
  const [first, last] = [safeNumber(header.firstUsableLba), safeNumber(header.lastUsableLba)];
  if (header.revision !== 0x00010000) {
    findings.warning('gpt.revision', `the GPT header has revision 0x${header.revision.toString(16)}, not 1.0`, ranges);
  }
  if ((header.partitionEntrySize & (header.partitionEntrySize - 1)) !== 0) {
    findings.warning('gpt.entrySize', `the size of a partition entry, ${header.partitionEntrySize}, is not 128 × 2^n`, ranges);
  }
  if (first > last) {
    findings.error('gpt.usable', `the first usable LBA ${first} lies behind the last, ${last}`, ranges, repairTodo);
  } else if (last > table.lastLba) {
    const message = `the last usable LBA is ${last}, but the disk ends at ${table.lastLba}: it is smaller than the disk the table was made for`;
    findings.error(
      'gpt.usable',
      message,
      ranges,
      'if this is an image, it may be cut off; the partitions at its end are not whole',
    );
  }
}

function checkProtectiveRecord(table: GptTable, findings: FindingList): void {
  const range = [{ offset: 0, length: Math.min(512, table.deviceSize) }];
  const entries = table.bootRecord?.valid ? table.bootRecord.record.partitions : [];
  const protective = entries.find(({ type, startLba }) => type === protectiveType && startLba === 1);
  if (!protective) {
    const message = 'LBA 0 has no protective record: tools that do not know GPT, and the Linux kernel, take the disk for empty';
    findings.warning('gpt.protective.missing', message, range, repairTodo);
    return;
  }
  const hybrid = entries.filter(({ type, sectorCount }) => type !== protectiveType && sectorCount > 0);
  if (hybrid.length > 0) {
    findings.info('gpt.protective.hybrid', `the boot record lists ${hybrid.length} partitions of its own (hybrid MBR)`, range);
    return;
  }
  const whole = Math.min(table.lastLba, largestCount);
  if (protective.sectorCount !== whole && protective.sectorCount !== largestCount) {
    const message = `the protective record covers ${protective.sectorCount} sectors, not the ${whole} of the disk`;
    findings.warning('gpt.protective.size', message, range, 'rebuild the table, or "sgdisk -e"');
  }
}
