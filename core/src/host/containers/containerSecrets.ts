import { SecretNeededError } from '@diskwright/sdk/errors';

/** What opens a container: a line of text, all bytes of a file, or, as either may be meant, both; at least one. */
export interface Secret {
  text: string | null;
  keyFile: Buffer | null;
}

/** A passphrase that somebody is asked for. */
export interface SecretRequest {
  /** The volume that it opens, as an absolute name: `/a/disk.img#2`. */
  volume: string;
  /** One was given, and it is wrong. */
  wrong: boolean;
  /** What the plugin says. */
  message: string;
  /** Nobody is to be bothered: one that was given beforehand, or none. */
  quiet: boolean;
}

/** Asks for a passphrase; null when there is nobody to ask, or no other one. */
export type AskSecret = (request: SecretRequest) => Promise<Secret | null>;

/** Passphrases of containers, by the first volume that was named of each. They are in this process's memory only, for as long as it runs. */
export class ContainerSecrets {
  private readonly known = new Map<string, Secret>();
  /** Whoever needs one that is being asked for waits for that answer. */
  private readonly asking = new Map<string, Promise<Secret | null>>();
  /** One question at a time. */
  private turn: Promise<unknown> = Promise.resolve();

  /** @param askSecret null: passphrases are given by {@link give} only */
  constructor(private readonly askSecret: AskSecret | null) {}

  of(volume: string): Secret | null {
    return this.known.get(volume) ?? null;
  }

  give(volume: string, secret: Secret): void {
    this.known.set(volume, secret);
  }

  /** It is wrong. */
  forget(volume: string, secret: Secret): void {
    if (this.known.get(volume) === secret) this.known.delete(volume);
  }

  /** Asks for one that opens the volume, and keeps it; false when nobody gives one. @throws what asking throws */
  async ask(request: SecretRequest): Promise<boolean> {
    const secret = await (this.asking.get(keyOf(request)) ?? this.begin(request));
    if (secret !== null) this.give(request.volume, secret);
    return secret !== null;
  }

  private begin(request: SecretRequest): Promise<Secret | null> {
    const asked = this.turn.then(() => this.askSecret?.(request) ?? null);
    const key = keyOf(request);
    this.asking.set(key, asked);
    const over = (): void => void this.asking.delete(key);
    asked.then(over, over);
    this.turn = asked.catch(() => undefined);
    return asked;
  }
}

const keyOf = ({ volume, quiet }: SecretRequest): string => `${quiet ? 'quiet' : 'asked'} ${volume}`;

/** What whoever needs a passphrase is told: which volume's, and how to give it. */
export function neededFor(volume: string, { message, detail }: SecretNeededError): SecretNeededError {
  const wrong = detail.wrong === true;
  return new SecretNeededError(`${volume}: ${message}`, {
    device: volume,
    wrong,
    todo: wrong
      ? 'Give another one.'
      : 'Give the passphrase: on a terminal, by --password-file FILE, or in DISKWRIGHT_PASSWORD; in the window you are asked for it.',
  });
}
