/** A group has a megabyte as a rule. When all are being read, one more is read into memory of its own. */
const MAX_KEPT = 8;

interface Group {
  /** Where it stands in the file; null when what came into the buffer is not to be used. */
  place: number | null;
  readonly buffer: Buffer;
  /** Fulfilled once the buffer holds it. */
  ready: Promise<void>;
  /** Who waits for it or copies of it: the buffer is another's only when there are none. */
  users: number;
}

/**
 * The groups of blocks that were read and checked last. Each is read as a whole for a few of its bytes, one after the other: what one leaves is the next one's
 * memory, which costs a fraction of what fresh memory does.
 */
export class CheckedGroups {
  /** The one used last comes last. */
  private readonly kept: Group[] = [];

  /** @param bytes of a group with what stands around it */
  constructor(private readonly bytes: number) {}

  /**
   * A copy of bytes `start` to `end` of the buffer that `fill` has filled for this place. Those who want the same wait for one filling.
   * @throws what `fill` throws
   */
  async copy(place: number, start: number, end: number, fill: (buffer: Buffer) => Promise<void>): Promise<Buffer> {
    // What somebody else's filling failed with may be that reader's cancel, and says nothing of this group.
    for (let known = this.find(place); known; known = this.find(place)) {
      const copied = await this.use(known, start, end).catch(() => null);
      if (copied) return copied;
    }
    const group = this.vacant();
    group.place = place;
    group.ready = fill(group.buffer);
    return this.use(group, start, end);
  }

  private find(place: number): Group | undefined {
    return this.kept.find((group) => group.place === place);
  }

  private async use(group: Group, start: number, end: number): Promise<Buffer> {
    this.moveToEnd(group);
    group.users++;
    try {
      await group.ready;
      return Buffer.from(group.buffer.subarray(start, end));
    } catch (error) {
      // What failed may still be written to.
      group.place = null;
      this.forget(group);
      throw error;
    } finally {
      group.users--;
    }
  }

  private vacant(): Group {
    const unused = this.kept.length < MAX_KEPT ? undefined : this.kept.find(({ users }) => users === 0);
    if (unused) return unused;
    const group: Group = { place: null, buffer: Buffer.allocUnsafeSlow(this.bytes), ready: Promise.resolve(), users: 0 };
    if (this.kept.length < MAX_KEPT) this.kept.push(group);
    return group;
  }

  private moveToEnd(group: Group): void {
    const index = this.kept.indexOf(group);
    if (index >= 0) this.kept.push(...this.kept.splice(index, 1));
  }

  private forget(group: Group): void {
    const index = this.kept.indexOf(group);
    if (index >= 0) this.kept.splice(index, 1);
  }
}
