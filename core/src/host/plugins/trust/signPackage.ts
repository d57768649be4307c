import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { packageDigest, SIGNATURE_FILE } from './packageDigest';

/** A package's signature as it is stored beside what it signs. */
export interface PackageSignature {
  format: 1;
  algorithm: 'ed25519';
  /** The vendor's key, SPKI in DER, base64. */
  publicKey: string;
  /** Over {@link packageDigest}, base64. */
  signature: string;
}

/**
 * Signs a package's folder, and writes the signature into it.
 * @param privateKeyPem an Ed25519 key, as `openssl genpkey -algorithm ed25519` makes it
 * @throws InvalidInputError for any other key
 */
export async function signPackage(folder: string, privateKeyPem: string): Promise<PackageSignature> {
  const key = readKey(privateKeyPem);
  const signature: PackageSignature = {
    format: 1,
    algorithm: 'ed25519',
    publicKey: createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64'),
    signature: sign(null, await packageDigest(folder), key).toString('base64'),
  };
  await writeFile(join(folder, SIGNATURE_FILE), `${JSON.stringify(signature, null, 2)}\n`);
  return signature;
}

function readKey(pem: string): KeyObject {
  const todo = 'Make one with: openssl genpkey -algorithm ed25519 -out KEY';
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new InvalidInputError('the key to sign with is no private key in PEM', { todo });
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new InvalidInputError(`the key to sign with is of the kind ${key.asymmetricKeyType ?? 'unknown'}, not Ed25519`, { todo });
}
