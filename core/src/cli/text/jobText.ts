import type { JobResult } from '../../common';
import { formatSize } from './size';
import { printable } from './table';

/** A job's result for people: one sentence, what was copied and verified, holes, the error. */
export function jobResultText(result: JobResult): string {
  const seconds = (Date.parse(result.endedAt) - Date.parse(result.startedAt)) / 1000;
  const lines = [printable(result.message)];
  const rate = seconds > 0.5 && result.bytesCopied > 0 ? `, ${formatSize(Math.round(result.bytesCopied / seconds))}/s` : '';
  if (result.bytesCopied > 0)
    lines.push(
      `${formatSize(result.bytesCopied)} copied, ${formatSize(result.bytesVerified)} verified in ${seconds.toFixed(1)} s${rate}`,
    );
  for (const hole of result.holes)
    lines.push(
      `hole: ${printable(hole.device)} at byte ${hole.offset}, ${hole.length} bytes could not be read; zeros were written in their place`,
    );
  if (result.holeCount > result.holes.length) lines.push(`and ${result.holeCount - result.holes.length} more holes`);
  return lines.join('\n');
}
