import { printable } from '../../../common/text/printable';
import { formatSize, plural } from '../../../common/text/size';
import type { AuditEntry } from '../../../common/workbench';

/** Who it was: a plugin in a version, or Diskwright by a plan of no plugin. */
export const whoWords = ({ plugin, version }: AuditEntry): string =>
  plugin === null ? 'Diskwright' : printable(`${plugin} ${version}`.trim());

/** How much, and in how many requests where a plugin read itself. */
export const amountWords = ({ bytes, requests, job }: AuditEntry): string =>
  job ? formatSize(bytes) : `${formatSize(bytes)} in ${plural(requests, 'request')}`;

/** The first range and how many more there are. */
export function rangeWords({ ranges, rounded }: AuditEntry): string {
  const [first] = ranges;
  if (!first) return '';
  const more = ranges.length > 1 ? ` and ${ranges.length - 1} more` : '';
  return `${rounded ? 'within ' : ''}${first[0]}–${first[0] + first[1] - 1}${more}`;
}

export const jobWords = ({ job }: AuditEntry): string => (job ? `${printable(job.title)} (${job.state})` : '');

/** The times from which on records are shown, by what the choice is called. */
export const PERIODS = [
  { id: 'all', label: 'At any time', milliseconds: null },
  { id: 'hour', label: 'In the last hour', milliseconds: 3_600_000 },
  { id: 'day', label: 'In the last 24 hours', milliseconds: 86_400_000 },
  { id: 'week', label: 'In the last 7 days', milliseconds: 604_800_000 },
] as const;
export type Period = (typeof PERIODS)[number]['id'];

/** ISO 8601; null for any time. */
export function sinceOf(period: Period, now = Date.now()): string | null {
  const { milliseconds } = PERIODS.find(({ id }) => id === period)!;
  return milliseconds === null ? null : new Date(now - milliseconds).toISOString();
}
