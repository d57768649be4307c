import { DamagedStructureError, FailedError, MediaError, NotSupportedError } from '@diskwright/sdk/errors';
import type { ListEnd } from '@diskwright/sdk/protocol';

/** What of a list could not be read. One bad file hides no other: it is told at its place, and counted for the end. */
export class Losses {
  private count = 0;

  /** Why, for the item's `error`. @throws the error itself when it is about more than one entry: a cancel, a device that is gone */
  reasonOf(error: unknown): string {
    const isOfEntry = [DamagedStructureError, MediaError, NotSupportedError, FailedError].some((kind) => error instanceof kind);
    if (!isOfEntry) throw error;
    return this.note((error as Error).message);
  }

  note(reason: string): string {
    this.count++;
    return reason;
  }

  end(): ListEnd {
    if (this.count === 0) return { message: null, exitStatus: 0 };
    const what = this.count === 1 ? '1 entry' : `${this.count} entries`;
    return { message: `${what} could not be read`, exitStatus: 4 };
  }
}
