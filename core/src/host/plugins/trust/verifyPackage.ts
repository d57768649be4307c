import { createPublicKey, verify } from 'node:crypto';
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DiskwrightError, RefusedError } from '@diskwright/sdk/errors';
import { packageDigest, SIGNATURE_FILE } from './packageDigest';
import type { PackageSignature } from './signPackage';

/** The vendor keys that are known, by plugin id: SPKI in DER, base64; null for one that was installed without a signature. */
export type Pins = Readonly<Record<string, string | null>>;

/**
 * What a package's signature is worth. `changed`: the plugin is known with another key, or with one where this has none, and the user has to consent;
 * `new`: it is seen for the first time, and its key is to be pinned.
 */
export interface Verified {
  /** The vendor's key, null for an unsigned package. */
  publicKey: string | null;
  trust: 'unsigned' | 'new' | 'pinned' | 'changed';
}

const MAX_SIGNATURE_BYTES = 4096;

/**
 * Checks the signature of an unpacked package.
 * @param id the plugin's
 * @throws RefusedError when there is a signature that is malformed or does not fit the content
 */
export async function verifyPackage(folder: string, id: string, pins: Pins): Promise<Verified> {
  const pinned = Object.hasOwn(pins, id) ? pins[id]! : null;
  const signature = await readSignature(folder);
  if (!signature) return { publicKey: null, trust: pinned === null ? 'unsigned' : 'changed' };
  const { publicKey } = signature;
  if (!(await fits(folder, signature))) {
    throw new RefusedError(`the signature of ${id} does not fit its content`, {
      todo: 'The package was changed after it was signed, or damaged: get it anew from its vendor.',
    });
  }
  if (pinned !== null) return { publicKey, trust: pinned === publicKey ? 'pinned' : 'changed' };
  // A key where there was none before is better than none, and is pinned from now on.
  return { publicKey, trust: 'new' };
}

async function readSignature(folder: string): Promise<PackageSignature | null> {
  const path = join(folder, SIGNATURE_FILE);
  let text: string;
  try {
    const found = await lstat(path);
    if (!found.isFile() || found.size > MAX_SIGNATURE_BYTES) throw noSignature();
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const value = JSON.parse(text) as Partial<PackageSignature> | null;
    const { format, algorithm, publicKey, signature } = value ?? {};
    if (format === 1 && algorithm === 'ed25519' && typeof publicKey === 'string' && typeof signature === 'string')
      return { format, algorithm, publicKey, signature };
  } catch {
    // The same answer for no JSON and for the wrong JSON.
  }
  throw noSignature();
}

function noSignature(): RefusedError {
  return new RefusedError(`${SIGNATURE_FILE} of the package is no signature`);
}

async function fits(folder: string, { publicKey, signature }: PackageSignature): Promise<boolean> {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), type: 'spki', format: 'der' });
    // Of another kind, it would be used with another algorithm.
    if (key.asymmetricKeyType !== 'ed25519') return false;
    // One key has one spelling, by which it is pinned.
    if (key.export({ type: 'spki', format: 'der' }).toString('base64') !== publicKey) return false;
    return verify(null, await packageDigest(folder), key, Buffer.from(signature, 'base64'));
  } catch (error) {
    if (error instanceof DiskwrightError) throw error;
    return false;
  }
}
