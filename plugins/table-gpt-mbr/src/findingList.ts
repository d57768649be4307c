import type { Finding } from '@diskwright/sdk/protocol';

/** The most findings a layout may carry (protocol: 1024), less one that says there were more. */
const maximum = 1000;

/** Collects what is noticed about a table, bounded, so that a hostile table with a million bad entries stays a small answer. */
export class FindingList {
  readonly list: Finding[] = [];
  private dropped = false;

  error(code: string, message: string, ranges: Finding['ranges'], todo?: string): void {
    this.add({ severity: 'error', code, message, ranges, ...(todo === undefined ? {} : { todo }) });
  }

  warning(code: string, message: string, ranges: Finding['ranges'], todo?: string): void {
    this.add({ severity: 'warning', code, message, ranges, ...(todo === undefined ? {} : { todo }) });
  }

  info(code: string, message: string, ranges: Finding['ranges'], todo?: string): void {
    this.add({ severity: 'info', code, message, ranges, ...(todo === undefined ? {} : { todo }) });
  }

  add(...findings: Finding[]): void {
    for (const finding of findings) {
      if (this.list.length < maximum) {
        this.list.push(finding);
      } else if (!this.dropped) {
        this.dropped = true;
        const message = `more than ${maximum} findings; the rest is not listed`;
        this.list.push({ severity: 'error', code: 'table.findings.more', message, ranges: [] });
      }
    }
  }
}
