/** What a plugin read of a device in one go: a line of `audit/YYYY-MM-DD.jsonl`. Of lines with the same id the last one holds. */
export interface AuditRecord {
  id: string;
  operation: 'read';
  /** The plugin's id. */
  plugin: string;
  version: string;
  /** Whose rights the sector service has. */
  user: { id: number; name: string };
  /** The name under which the device was opened. */
  device: string;
  /** ISO 8601. */
  first: string;
  last: string;
  bytes: number;
  /** Some of them may stand for several, where the native server answered them. */
  requests: number;
  /** Offset and length on the device in bytes, by offset, at most 64. */
  ranges: [number, number][];
  /** The ranges hold bytes that were not read: there were too many, or only the lease in which they lie is known. */
  rounded: boolean;
}
