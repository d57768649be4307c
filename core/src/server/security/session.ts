import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 32;
const CODE_MILLISECONDS = 60_000;

/**
 * The one session of a server: the token that its printed address carries, and the cookies for which browsers exchange it, one for each user of the
 * machine. The token may be used again, so that a second browser opens the same address; all are void after {@link renew}.
 */
export class Session {
  private secrets = newSecrets();
  private code: { value: string; validUntil: number } | null = null;

  /** For the address; whoever knows it may do all that the user may. */
  get token(): string {
    return this.secrets.token;
  }

  /**
   * What the user's browsers bring: of no worth in the hands of another user, to whose own server a browser may send it (cookies do not know ports).
   * @param user null where it is not known whose program asks
   */
  cookieOf(user: number | null): string {
    return createHmac('sha256', this.secrets.cookieKey).update(`user ${user}`).digest('base64url');
  }

  isToken(given: string | undefined): boolean {
    return given !== undefined && equalInConstantTime(given, this.secrets.token);
  }

  isCookieOf(user: number | null, given: string): boolean {
    return equalInConstantTime(given, this.cookieOf(user));
  }

  /** For one exchange soon: what stands on a command line, which every user of the machine can read. */
  issueCode(): string {
    this.code = { value: newSecret(), validUntil: Date.now() + CODE_MILLISECONDS };
    return this.code.value;
  }

  /** Whether it is the code that was issued last; it is void afterwards. */
  redeemCode(given: string): boolean {
    const { code } = this;
    if (!code || !equalInConstantTime(given, code.value)) return false;
    this.code = null;
    return Date.now() < code.validUntil;
  }

  /** Ends the session: what was given out so far opens nothing any more. */
  renew(): void {
    this.secrets = newSecrets();
    this.code = null;
  }
}

function newSecrets(): { token: string; cookieKey: string } {
  return { token: newSecret(), cookieKey: newSecret() };
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** Digests are of one length, whatever was given. */
function equalInConstantTime(given: string, secret: string): boolean {
  return timingSafeEqual(createHash('sha256').update(given).digest(), createHash('sha256').update(secret).digest());
}
