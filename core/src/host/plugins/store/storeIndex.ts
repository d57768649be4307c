import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FailedError } from '@diskwright/sdk/errors';

/** What is known of one version in the store. */
export interface StoredVersion {
  /** Digest over all files of it (SRI, SHA-512), by which the same content is known again. */
  content: string;
  /** Of the archive that it came in (SRI); null where it came from a folder. */
  integrity: string | null;
  /** Where it came from: an absolute path, or `npm:NAME@RANGE` of a registry. */
  source: string;
  /** ISO 8601. */
  installedAt: string;
  /** The vendor's key by which its signature was found good, SPKI in DER, base64; null for an unsigned package. */
  publicKey: string | null;
}

/** A plugin in the store. */
export interface StoredPlugin {
  /** The package's name, which all versions bear. */
  name: string;
  /** The version in use; null before the first is taken into use. */
  current: string | null;
  /** The one before it, kept to go back to. */
  previous: string | null;
  /** A version that asks for more than the one in use, until that is granted. */
  waiting: string | null;
  /** When `current` came into use, ISO 8601. */
  switchedAt: string | null;
  /** By version; every other folder is a leftover. */
  versions: Record<string, StoredVersion>;
  /** Versions that are tried now, each with the id of the process that does. */
  candidates: Record<string, number>;
  /** Something that the user has to know: why it went back to an older version. */
  note: string | null;
}

export interface StoreIndex {
  format: 1;
  plugins: Record<string, StoredPlugin>;
}

/** Names that begin with a dot are no ids of plugins. */
export const INDEX_FILE = '.index.json';

/**
 * What the store holds; nothing where there is none yet.
 * @throws FailedError where the index cannot be read
 */
export async function readStoreIndex(storeFolder: string): Promise<StoreIndex> {
  const path = join(storeFolder, INDEX_FILE);
  try {
    const index = JSON.parse(await readFile(path, 'utf8')) as StoreIndex;
    if (index.format === 1) return index;
    throw new Error(`its format is ${String(index.format)}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { format: 1, plugins: {} };
    throw new FailedError(`the index of installed plugins ${path} cannot be read: ${(error as Error).message}`, {
      todo: 'Update Diskwright where a newer one wrote it; else remove it and install the plugins anew.',
    });
  }
}

/** The folder of a version. */
export const versionFolder = (storeFolder: string, id: string, version: string): string => join(storeFolder, id, version);
