import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { digestOfFiles, SIGNATURE_FILE, type SignedFile } from './packageDigest';

/** A package's signature as it is stored beside what it signs. */
export interface PackageSignature {
  format: 1;
  algorithm: 'ed25519';
  /** The vendor's key, SPKI in DER, base64. */
  publicKey: string;
  /** Over {@link digestOfFiles}, base64. */
  signature: string;
}

/**
 * Signs a package.
 * @param privateKeyPem an Ed25519 key, as `openssl genpkey -algorithm ed25519` makes it
 * @returns the file that goes into the package beside those that it signs
 * @throws InvalidInputError for any other key
 */
export function signPackage(files: readonly SignedFile[], privateKeyPem: string): SignedFile {
  const key = readKey(privateKeyPem);
  const signature: PackageSignature = {
    format: 1,
    algorithm: 'ed25519',
    publicKey: createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64'),
    signature: sign(null, digestOfFiles(files), key).toString('base64'),
  };
  return { path: SIGNATURE_FILE, content: Buffer.from(`${JSON.stringify(signature, null, 2)}\n`) };
}

function readKey(pem: string): KeyObject {
  const todo = 'Make one with: diskwright plugin keygen FILE';
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new InvalidInputError('the key to sign with is no private key in PEM', { todo });
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new InvalidInputError(`the key to sign with is of the kind ${key.asymmetricKeyType ?? 'unknown'}, not Ed25519`, { todo });
}
