import { createHash, generateKeyPairSync } from 'node:crypto';
import { open } from 'node:fs/promises';
import { InvalidInputError } from '@diskwright/sdk/errors';

/** A vendor's key as people compare it: `SHA256:…`, as OpenSSH writes digests. @param publicKey SPKI in DER, base64 */
export function keyFingerprint(publicKey: string): string {
  const digest = createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}

/**
 * Makes an Ed25519 key to sign packages with, in a new file that its owner alone may read.
 * @returns its fingerprint
 * @throws InvalidInputError where the file is there already: a key that is written over is lost
 */
export async function makeVendorKey(path: string): Promise<string> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    throw new InvalidInputError(`${path} is there already`, {
      todo: 'Give the key another name: one that is lost cannot be made anew.',
    });
  });
  try {
    await file.writeFile(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await file.sync();
  } finally {
    await file.close();
  }
  return keyFingerprint(publicKey.export({ type: 'spki', format: 'der' }).toString('base64'));
}
