import { constants } from 'node:fs';
import { access, mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { FailedError, InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import type { BlobRef, ExtentsRef, Plan } from '@diskwright/sdk/protocol';
import { encodePlan, extentsRefOf, MAX_PLAN_BYTES, parsePlan, sha256 } from '../../common/plan';
import { flushFolder } from '../files/flushFolder';
import type { SectorClient } from '../sector/sectorClient';
import { isOutOfSpace, reasonOf } from '../systemError';

/** A plan on disk: its document, the folder of its side files, and the digest that names both. */
export interface StoredPlan {
  plan: Plan;
  digest: string;
  /** Absolute path of the canonical document. */
  path: string;
  blobsFolder: string;
}

/** Every side file that a plan's steps name, once each. */
function sideFilesOf(plan: Plan): (BlobRef | ExtentsRef)[] {
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

/** Finds out early what {@link storePlan} would refuse, before a plan is made. @throws InvalidInputError */
export async function checkPlanPath(path: string): Promise<void> {
  if (path === '') throw new InvalidInputError('a file for the plan is needed');
  for (const name of [path, sideFilesFolder(path)]) {
    if (await exists(name))
      throw new InvalidInputError(`cannot store the plan: ${name} exists already`, {
        todo: 'Choose another name, or remove it.',
      });
  }
  const folder = dirname(resolve(path));
  await access(folder, constants.W_OK | constants.X_OK).catch((error: Error) => {
    throw new InvalidInputError(`cannot store the plan in ${folder}: ${reasonOf(error)}`);
  });
}

/**
 * Writes a plan as canonical JSON with its side files beside it; flushed, so that a job may rely on it. Nothing of it stays when that fails.
 * @throws InvalidInputError when either is there already, FailedError when it cannot be written
 */
export async function storePlan(plan: Plan, path: string, blobsFolder: string, sector: SectorClient): Promise<StoredPlan> {
  const { bytes, digest } = encodePlan(plan);
  const stored = { plan, digest, path: resolve(path), blobsFolder: resolve(blobsFolder) };
  const digests = sideFilesOf(plan).map((reference) => reference.digest);
  await mkdir(stored.blobsFolder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw cannotStore(stored.blobsFolder, error);
  });
  try {
    if (digests.length > 0) await exportSideFiles(digests, stored.blobsFolder, sector);
    await writeFlushed(stored.path, bytes);
  } catch (error) {
    await rm(stored.blobsFolder, { recursive: true, force: true });
    throw error;
  }
  return stored;
}

/** Reads a stored plan and checks its structure; side files are checked by whoever applies it. @throws InvalidInputError */
export async function loadPlan(path: string, blobsFolder = sideFilesFolder(path)): Promise<StoredPlan> {
  const bytes = await readPlanFile(path);
  try {
    return { plan: parsePlan(bytes), digest: sha256(bytes), path: resolve(path), blobsFolder: resolve(blobsFolder) };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError(`the plan ${path} cannot be used: ${error.message}`, error.detail);
  }
}

/**
 * Hands the side files of a stored plan to the sector service.
 * @throws RefusedError when one is missing, or is not what the plan says
 */
export async function importSideFiles(plan: Plan, folder: string, sector: SectorClient): Promise<void> {
  const blobs = sideFilesOf(plan);
  if (blobs.length === 0) return;
  await sector.request('blob/import', { blobs, folder }).catch((error: unknown) => {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new RefusedError(`the plan's side files are not as they were: ${error.message}`, {
      todo: `Keep the plan and ${folder} together as they were written, or make the plan again.`,
    });
  });
}

async function exportSideFiles(digests: string[], folder: string, sector: SectorClient): Promise<void> {
  await sector.request('blob/export', { digests, folder }).catch((error: Error) => {
    throw isOutOfSpace(error) ? cannotStore(folder, error) : error;
  });
}

async function writeFlushed(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw cannotStore(path, error);
  });
  try {
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw cannotStore(path, error as NodeJS.ErrnoException);
  } finally {
    await file.close();
  }
  await flushFolder(dirname(path));
}

function cannotStore(path: string, error: NodeJS.ErrnoException): InvalidInputError | FailedError {
  if (error.code === 'EEXIST') return new InvalidInputError(`cannot store the plan: ${path} exists already`);
  return new FailedError(
    `cannot store the plan in ${path}: ${reasonOf(error)}`,
    isOutOfSpace(error) ? { todo: 'Make room there.' } : {},
  );
}

async function readPlanFile(path: string): Promise<Buffer> {
  const unreadable = (error: unknown): never => {
    throw new InvalidInputError(`cannot read the plan ${path}: ${reasonOf(error)}`);
  };
  // Not blocking, or a named pipe would be waited for.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(unreadable);
  try {
    return await readBounded(file).catch(unreadable);
  } finally {
    await file.close();
  }
}

async function readBounded(file: FileHandle): Promise<Buffer> {
  const status = await file.stat();
  if (!status.isFile()) throw new Error('it is no regular file');
  if (status.size > MAX_PLAN_BYTES) throw new Error(`it has ${status.size} bytes, and a plan has at most ${MAX_PLAN_BYTES}`);
  return file.readFile();
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
