import type { LostFiles } from '../../common';
import { printable } from '../../common/text/printable';
import { formatExactSize } from '../../common/text/size';

/** As many are told; the record has more. */
const MAX_LINES = 40;

/** What the holes of a job hit, in lines for people; null when nobody found out. */
export function lostFilesLines(lost: LostFiles | null | undefined): string[] {
  if (!lost) return ['What stood there is not known: the source could not be looked at.'];
  const { files, fileCount, structures, structureCount, freeBytes, unknownBytes } = lost;
  const lines: string[] = [];
  if (fileCount > 0) {
    lines.push(`${fileCount === 1 ? 'One file has' : `${fileCount} files have`} lost bytes:`);
    for (const { path, partition, bytes, firstOffset } of files.slice(0, MAX_LINES))
      lines.push(`  ${printable(path)}${place(partition)}: ${formatExactSize(bytes)}, the first at byte ${firstOffset}`);
    if (fileCount > Math.min(files.length, MAX_LINES)) lines.push(`  and ${fileCount - Math.min(files.length, MAX_LINES)} more`);
  }
  if (structureCount > 0) {
    lines.push('Hit, and to be checked with the tools of the filesystem:');
    for (const { what, partition, bytes, firstOffset } of structures.slice(0, MAX_LINES))
      lines.push(`  ${printable(what)}${place(partition)}: ${formatExactSize(bytes)}, the first at byte ${firstOffset}`);
    const more = structureCount - Math.min(structures.length, MAX_LINES);
    if (more > 0) lines.push(`  and ${more} more`);
  }
  if (freeBytes > 0) lines.push(`${formatExactSize(freeBytes)} lay in free space: nothing is lost there.`);
  if (unknownBytes > 0) lines.push(`${formatExactSize(unknownBytes)} lay where no plugin can tell which file it is.`);
  return lines;
}

const place = (partition: number | null): string => (partition ? ` in partition ${partition}` : '');
