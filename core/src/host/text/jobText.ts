import { fromWireError } from '@diskwright/sdk/errors';
import type { JobResult } from '../../common';
import { formatDuration } from '../../common/text/duration';
import { amountText } from '../../common/text/jobAmount';
import { printable } from '../../common/text/printable';
import { formatExactSize } from '../../common/text/size';
import type { JobDetails } from '../jobs/jobService';
import { errorLines } from './errorLines';
import { lostFilesLines } from './lostFilesText';
import { planDevicesText, warningsText } from './planText';
import { formatPairs } from './table';

/** How a job ended, for people: one sentence with what was copied and verified, holes, the error and what it leaves behind. */
export function jobResultText(result: JobResult): string {
  const lines = [`${OUTCOME[result.state] ?? result.state} ${took(result)}: ${amountText(result)}`, ...errorText(result)];
  if (result.holeCount > 0)
    lines.push(
      `${result.holeCount} places could not be read; zeros stand there instead:`,
      ...holeLines(result),
      ...lostFilesLines(result.lostFiles),
    );
  lines.push(...slowLines(result));
  if (result.state === 'cancelled' || result.state === 'failed') {
    lines.push(result.phase === 'check' ? 'Nothing was written to the target.' : HALF_WRITTEN);
  }
  return lines.join('\n');
}

const HALF_WRITTEN = 'What was written stays. Do not use the target before the job was resumed, or the target written anew.';
const OUTCOME: Partial<Record<JobResult['state'], string>> = {
  done: 'Done in',
  failed: 'Failed after',
  cancelled: 'Cancelled after',
};

/** The whole record of a job: what was asked, what was done, what is wrong, its log. @param state how far it is, in words */
export function jobText(job: JobDetails, state: string = job.state): string {
  const { result, plan } = job;
  const pairs: [string, string][] = [
    ['job', job.id],
    ['state', state],
    ['together', job.group ? `${job.group.title}, ${job.group.number} of ${job.group.count}` : ''],
    ['started', time(job.startedAt)],
    ['ended', result ? `${time(result.endedAt)}, ${took(result)} later` : ''],
    ['copied', result ? formatExactSize(result.bytesCopied) : ''],
    ['unchanged', result?.bytesUnchanged === undefined ? '' : `${formatExactSize(result.bytesUnchanged)} of it, not written`],
    ['shared', result?.bytesReflinked === undefined ? '' : sharedText(result.bytesReflinked)],
    ['verified', result ? (result.bytesVerified === 0 ? 'nothing' : formatExactSize(result.bytesVerified)) : ''],
    ['unreadable', result ? (result.holeCount === 0 ? 'nothing' : `${result.holeCount} places, zeros stand there instead`) : ''],
    ['exit status', result ? String(result.exitStatus) : ''],
    ['command', plan ? `${plan.command.id} ${JSON.stringify(plan.command.input)}` : ''],
    ['plan', plan ? plan.digest : ''],
    ['record', job.folder],
  ];
  const parts = [printable(job.title), formatPairs(pairs)];
  if (plan) parts.push(planDevicesText(plan.devices), warningsText(plan.warnings));
  if (result) {
    const lost = result.holeCount > 0 ? lostFilesLines(result.lostFiles) : [];
    parts.push([...errorText(result), ...holeLines(result), ...lost, ...slowLines(result)].join('\n'));
  }
  parts.push(job.log.trimEnd().split('\n').map(printable).join('\n'));
  return parts.filter(Boolean).join('\n\n');
}

function sharedText(bytes: number): string {
  return `${formatExactSize(bytes)} of it with the source: no second copy on the medium, not verified`;
}

/** Seconds from a job's beginning to its end, for people. */
export function took({ startedAt, endedAt }: { startedAt: string; endedAt: string }): string {
  return formatDuration((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
}

/** A time as people read it, in their own zone: `2026-11-22 07:30:31`. */
export function time(iso: string): string {
  const date = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function errorText({ error }: JobResult): string[] {
  if (!error) return [];
  const data = (typeof error.data === 'object' && error.data) || {};
  return errorLines(fromWireError({ code: error.code, message: error.message, data }));
}

/** Where devices were slow, and which requests they have not answered. */
function slowLines({ slow = [], stuck = [] }: JobResult): string[] {
  return [
    ...slow.map(
      ({ device, offset, requests }) =>
        `${printable(device)} is slow at byte ${offset}: ${requests} ${requests === 1 ? 'request' : 'requests'} over 1 s.`,
    ),
    ...stuck.map(
      ({ device, offset, seconds }) =>
        `${printable(device)} has not answered a request at byte ${offset} for ${Math.round(seconds)} s: until it does, the device is not free.`,
    ),
  ];
}

function holeLines({ holes, holeCount }: JobResult): string[] {
  const lines = holes.map(({ device, offset, length }) => `  ${printable(device)} at byte ${offset}, ${length} bytes`);
  return holeCount > holes.length ? [...lines, `  and ${holeCount - holes.length} more`] : lines;
}
