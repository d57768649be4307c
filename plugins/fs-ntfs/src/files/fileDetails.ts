import { AttributeFlag } from '../structures/fileRecord';
import type { FileRecord } from '../records/fileRecord';
import { attributeWords } from './fileAttributes';
import type { FileSummary } from './fileSummary';
import { fileTime, timeText, TimeOffset } from './fileTime';
import { reparseTagText } from './reparsePoint';

const timeNames: [keyof typeof TimeOffset, string][] = [
  ['modified', 'content changed'],
  ['changed', 'record changed'],
  ['accessed', 'read'],
  ['created', 'created'],
];

/** What a person may want to know of a file beyond type, size and time, in order. */
export function fileDetails(file: FileSummary, record: FileRecord): [name: string, value: string][] {
  const details: [string, string][] = [
    ['file record', String(file.number)],
    ['sequence number', String(file.sequenceNumber)],
    ['names', String(file.names.length)],
  ];
  const attributes = attributeWords(file.fileAttributes);
  if (attributes.length > 0) details.push(['attributes', attributes.join(', ')]);
  for (const [which, name] of timeNames) {
    const time = file.times ? fileTime(file.times, TimeOffset[which]) : null;
    if (time) details.push([name, timeText(time)]);
  }
  if (file.reparseTag !== 0) details.push(['reparse point', reparseTagText(file.reparseTag)]);
  if ((file.dataFlags & AttributeFlag.COMPRESSION) !== 0) details.push(['content', 'compressed by NTFS (LZNT1)']);
  if (file.isEncrypted) details.push(['content', 'encrypted by EFS']);
  if (!record.isInUse) details.push(['deleted', 'no directory names it any more']);
  if (file.isDamaged) details.push(['damage', 'parts of it make no sense or cannot be read']);
  return details;
}
