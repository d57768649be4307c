/** One thing that was looked at. */
export interface Check {
  name: string;
  outcome: 'passed' | 'failed' | 'skipped';
  /** What was found, a sentence or two; what to do about it where it failed. */
  detail: string;
}

/** What `diskwright plugin test` says of a plugin. */
export interface ScoreCard {
  id: string;
  version: string;
  checks: Check[];
  /** How its process was protected, in sentences; empty where it was not started. */
  protection: string[];
  passed: number;
  failed: number;
  skipped: number;
}

/** Collects checks; what throws has failed with its message. */
export class CheckList {
  readonly checks: Check[] = [];

  /** @param work answers what was found; what it throws is why it failed. @returns whether it passed */
  async run(name: string, work: () => Promise<string>): Promise<boolean> {
    try {
      this.checks.push({ name, outcome: 'passed', detail: await work() });
      return true;
    } catch (error) {
      this.checks.push({ name, outcome: 'failed', detail: reason(error) });
      return false;
    }
  }

  skip(name: string, detail: string): void {
    this.checks.push({ name, outcome: 'skipped', detail });
  }

  card(id: string, version: string, protection: string[]): ScoreCard {
    const count = (outcome: Check['outcome']): number => this.checks.filter((check) => check.outcome === outcome).length;
    const counts = { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
    return { id, version, checks: this.checks, protection, ...counts };
  }
}

function reason(error: unknown): string {
  const { message, detail } = error as { message?: string; detail?: { todo?: string } };
  return [message ?? String(error), detail?.todo].filter(Boolean).join(' ');
}
