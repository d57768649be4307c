import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { InvalidInputError } from '@diskwright/sdk/errors';
import type { BlobRef, ExtentsRef, Plan } from '@diskwright/sdk/protocol';
import { encodePlan, extentsRefOf, parsePlan, sha256 } from '../../common/plan';
import type { SectorClient } from '../sector/sectorClient';

/** A plan on disk: its document, the folder of its side files, and the digest that names both. */
export interface StoredPlan {
  plan: Plan;
  digest: string;
  /** Absolute path of the canonical document. */
  path: string;
  blobsFolder: string;
}

/** Every side file that a plan's steps name, once each. */
export function sideFilesOf(plan: Plan): (BlobRef | ExtentsRef)[] {
  const references = new Map<string, BlobRef | ExtentsRef>();
  for (const step of plan.steps) {
    const extents = extentsRefOf(step);
    if (extents) references.set(extents.digest, extents);
    if (step.kind === 'write' && typeof step.bytes !== 'string') references.set(step.bytes.digest, step.bytes);
  }
  return [...references.values()];
}

/** The folder of the side files of a plan that was written to `path` by the user's choice. */
export const sideFilesFolder = (path: string): string => `${path}.blobs`;

/**
 * Writes a plan as canonical JSON with its side files beside it; flushed, so that a job may rely on it.
 * @param overwrite false: a file that is there already is an error
 */
export async function storePlan(
  plan: Plan,
  path: string,
  blobsFolder: string,
  sector: SectorClient,
  overwrite = false,
): Promise<StoredPlan> {
  const { bytes, digest } = encodePlan(plan);
  await mkdir(blobsFolder, { recursive: true, mode: 0o700 });
  const digests = sideFilesOf(plan).map((reference) => reference.digest);
  if (digests.length > 0) await sector.request('blob/export', { digests, folder: resolve(blobsFolder) });
  const file = await open(path, overwrite ? 'w' : 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new InvalidInputError(
      `cannot write the plan to ${path}: ${error.code === 'EEXIST' ? 'there is a file already' : error.message}`,
    );
  });
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  const folder = await open(dirname(resolve(path)), 'r');
  await folder.sync().finally(() => folder.close());
  return { plan, digest, path: resolve(path), blobsFolder: resolve(blobsFolder) };
}

/** Reads a stored plan and checks its structure; side files are checked by whoever applies it. @throws InvalidInputError */
export async function loadPlan(path: string): Promise<StoredPlan> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new InvalidInputError(
      `cannot read the plan ${path}: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`,
    );
  });
  return { plan: parsePlan(bytes), digest: sha256(bytes), path: resolve(path), blobsFolder: resolve(sideFilesFolder(path)) };
}

/** Removes a stored plan and its side files. */
export async function removePlan(stored: StoredPlan): Promise<void> {
  await rm(stored.path, { force: true });
  await rm(stored.blobsFolder, { recursive: true, force: true });
}
