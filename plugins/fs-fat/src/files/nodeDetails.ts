import type { RawEntry } from './directoryEntries';
import { metadataOf } from './nodes';
import { localText } from './times';
import { shortNameAt } from './shortName';

/** What a person may want to know of an entry beyond type and size, in order. */
export function nodeDetails(entry: RawEntry): [name: string, value: string][] {
  const { modified, accessed, created, attributes } = metadataOf(entry);
  const details: [string, string][] = [
    ['short name', shortNameAt(entry.bytes, 0, 0).text],
    ['entry at', String(entry.offset)],
    ['first cluster', entry.firstCluster === 0 ? 'none' : String(entry.firstCluster)],
    ['attributes', attributes?.join(', ') || 'none'],
  ];
  const zone = 'local time of the writer, whose zone is not recorded';
  if (modified) details.push(['content changed', `${localText(modified)}, ${zone}`]);
  if (created) details.push(['created', `${localText(created)}, ${zone}`]);
  if (accessed) details.push(['read', `${localText(accessed).slice(0, 10)}, the day only`]);
  return details;
}
