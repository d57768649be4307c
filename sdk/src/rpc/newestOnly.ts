/**
 * Sends what replaces itself, such as progress: while one report of a subject is on its way, only the newest of those that follow waits. So however
 * slowly the peer reads, there are two of each subject at most.
 */
export class NewestOnly {
  /** By subject, for those that have a report on its way: what follows it. */
  private readonly next = new Map<string, (() => Promise<void>) | null>();

  /** @param notify sends the report; resolves when the peer has taken it. That it fails is nobody's concern: what follows is sent all the same */
  send(subject: string, notify: () => Promise<void>): void {
    if (this.next.has(subject)) this.next.set(subject, notify);
    else void this.run(subject, notify);
  }

  private async run(subject: string, notify: () => Promise<void>): Promise<void> {
    for (let report: (() => Promise<void>) | null = notify; report; report = this.next.get(subject) ?? null) {
      this.next.set(subject, null);
      await report().catch(() => undefined);
    }
    this.next.delete(subject);
  }
}
