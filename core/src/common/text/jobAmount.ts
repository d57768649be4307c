import type { JobResult } from '../index';
import { formatSize } from './size';

/** What was copied and verified, in half a sentence. A result counts whole steps: what a step wrote that did not get to its end is not in it. */
export function amountText(result: JobResult): string {
  const { state, phase, bytesCopied, bytesUnchanged, bytesReflinked, bytesVerified, startedAt, endedAt } = result;
  const unchanged = bytesUnchanged === undefined ? '' : ` (${formatSize(bytesUnchanged)} stood there already)`;
  const shared = bytesReflinked === undefined ? '' : ` (${formatSize(bytesReflinked)} shared with the source, not verified)`;
  const copied = `${formatSize(bytesCopied)} copied${unchanged}${shared}`;
  if (state !== 'done') {
    if (bytesCopied > 0) return `${copied} in the steps that were finished`;
    return phase === 'check' || phase === 'invalidate' ? 'nothing was copied' : 'no copying was finished';
  }
  // A plan that changes some bytes copies none.
  if (bytesCopied === 0) return 'all its steps were done';
  const verified = bytesVerified === 0 ? 'nothing verified' : `${formatSize(bytesVerified)} verified`;
  const amount = bytesVerified === bytesCopied ? `${copied} and verified` : `${copied}, ${verified}`;
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  return seconds > 1 ? `${amount}, ${formatSize(Math.round(bytesCopied / seconds))}/s` : amount;
}
