import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { NotSupportedError } from '@diskwright/sdk/errors';
import { argon2 } from './argon2';
import type { HashName } from './hashes';

/** How a key is made of a passphrase. */
export type KeyDerivation =
  | { type: 'pbkdf2'; hash: HashName; iterations: number; salt: Buffer }
  | { type: 'argon2i' | 'argon2id'; passes: number; memoryKibibytes: number; lanes: number; salt: Buffer };

/** What a header may ask for, since anybody may have written it. */
export interface DerivationLimits {
  /** Of PBKDF2. */
  iterations: number;
  /** Of Argon2: bytes of memory, and of those times passes. */
  memoryBytes: number;
  workBytes: number;
}

const MIB = 1024 * 1024;

const pbkdf2Async = promisify(pbkdf2);

/**
 * @param length bytes of the key
 * @throws NotSupportedError for what asks for more than the limits, telling how much; CancelledError
 */
export async function deriveKey(
  secret: Buffer,
  derivation: KeyDerivation,
  length: number,
  limits: DerivationLimits,
  signal: AbortSignal,
): Promise<Buffer> {
  signal.throwIfAborted();
  if (derivation.type === 'pbkdf2') {
    const { hash, iterations, salt } = derivation;
    if (iterations > limits.iterations)
      throw new NotSupportedError(
        `a key of the LUKS container takes ${iterations} rounds of PBKDF2, which is more than ${limits.iterations}`,
      );
    return orAborted(pbkdf2Async(secret, salt, iterations, length, hash), signal);
  }
  const memoryBytes = derivation.memoryKibibytes * 1024;
  if (memoryBytes * derivation.passes > limits.workBytes)
    throw new NotSupportedError(
      `a key of the LUKS container takes ${derivation.passes} passes of Argon2 over ${mebibytes(memoryBytes)} of memory, which is too much work`,
    );
  if (memoryBytes > limits.memoryBytes) {
    throw new NotSupportedError(
      `a key of the LUKS container takes ${mebibytes(memoryBytes)} of memory, and the plugin may use ${mebibytes(limits.memoryBytes)} for that`,
      { todo: 'Give plugins more memory: setting "plugins.limits.memoryMebibytes".' },
    );
  }
  return argon2(secret, derivation, length, signal);
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / MIB)} MiB`;
}

/** What cannot be stopped goes on, and nobody waits for it. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
