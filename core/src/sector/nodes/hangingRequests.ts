import type { StorageReference } from '../contracts';

/** A request that was left behind, with the descriptor that it was made on. */
export interface HangingRequest {
  /** As the device was named. */
  path: string;
  storage: StorageReference;
  /** Of the device; null where it is not known. */
  offset: number | null;
  /** It changes the device when it comes back. */
  writes: boolean;
  /** When it was given up; milliseconds since the epoch. */
  since: number;
  /** Whether it is still out. */
  isOut(): boolean;
}

/**
 * Requests that nobody waits for any more, because they hang: what they use (memory, a descriptor of their own) stays theirs until
 * they come back, and is used for nothing else. The threads are this process's, and so is this list.
 */
class HangingRequests {
  private requests: HangingRequest[] = [];

  add(request: HangingRequest): void {
    this.requests.push(request);
  }

  /** Those that are still out. */
  list(): readonly HangingRequest[] {
    this.requests = this.requests.filter((request) => request.isOut());
    return this.requests;
  }
}

export const hangingRequests = new HangingRequests();
