import type { JobState } from './index';

/**
 * What a plugin read of a device in one go, or what a job whose plan it made read or wrote: a line of `audit/YYYY-MM-DD.jsonl`. Of lines with the same id
 * the last one holds.
 */
export interface AuditRecord {
  id: string;
  operation: 'read' | 'write';
  /** The plugin's id; null where a job's plan does not say which plugin made it, as one that Diskwright made to undo a job. */
  plugin: string | null;
  /** Empty without a plugin. */
  version: string;
  /** Whose rights the sector service has; of a job, who confirmed its plan. */
  user: { id: number; name: string };
  /** The name under which the device was opened. */
  device: string;
  /** ISO 8601. */
  first: string;
  last: string;
  /** Of a job that was cut short, what it would have written up to the phase that it had reached. */
  bytes: number;
  /** Of a job, the steps of its plan. */
  requests: number;
  /** Offset and length on the device in bytes, by offset, at most 64. */
  ranges: [number, number][];
  /** The ranges hold bytes that were not touched, or perhaps not: there were too many ranges, or a job did not come to its end, or wrote only what was different. */
  rounded: boolean;
  /** Of what the core itself read and wrote for a plan, after the user had confirmed it; absent where the plugin read. */
  job?: AuditedJob;
}

export interface AuditedJob {
  id: string;
  title: string;
  /** The command that made its plan. */
  command: string;
  /** `running` also of one that was killed and not gone on with. */
  state: JobState;
}
