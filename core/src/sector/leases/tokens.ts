import { createHash, randomBytes } from 'node:crypto';

/** A token that nobody used by then is void. */
const LIFE_MILLISECONDS = 60_000;
/** More unused tokens than any host needs at once. */
const MAX_TOKENS = 4096;

/**
 * One-time tokens: 32 random bytes in hexadecimal, void after their first use or a minute. Kept under their hash, so that looking
 * one up tells nothing by its timing.
 */
export class Tokens<T> {
  private readonly known = new Map<string, { value: T; timer: NodeJS.Timeout }>();

  /** `onExpired` is called when nobody used it in time. Null when there are too many unused ones. */
  issue(value: T, onExpired: () => void = () => undefined): string | null {
    if (this.known.size >= MAX_TOKENS) return null;
    const token = randomBytes(32).toString('hex');
    const key = keyOf(token);
    const timer = setTimeout(() => {
      this.known.delete(key);
      onExpired();
    }, LIFE_MILLISECONDS).unref();
    this.known.set(key, { value, timer });
    return token;
  }

  /** What the token stands for, once; null ever after. */
  redeem(token: string): T | null {
    const key = keyOf(token);
    const found = this.known.get(key);
    if (!found) return null;
    this.known.delete(key);
    clearTimeout(found.timer);
    return found.value;
  }

  /** Voids all whose value matches. */
  revoke(matches: (value: T) => boolean): void {
    for (const [key, { value, timer }] of this.known) {
      if (!matches(value)) continue;
      clearTimeout(timer);
      this.known.delete(key);
    }
  }
}

function keyOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
