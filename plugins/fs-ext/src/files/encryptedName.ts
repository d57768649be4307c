import type { TextName } from '@diskwright/sdk/files';

/** A name in an encrypted directory: what is on the disk is not the name but its cipher text. */
export function encryptedNameOf(bytes: Buffer): TextName {
  return { text: `encrypted:${bytes.toString('base64url')}`, raw: bytes };
}
