import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { ensureFolder } from '../paths';

/** Makes the folder of a new job; its id is the time and four random digits, so that ids sort by age. */
export function createJobFolder(dataFolder: string, now = new Date()): { jobId: string; folder: string } {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const jobId = `${stamp}-${randomBytes(2).toString('hex')}`;
  return { jobId, folder: ensureFolder(dataFolder, 'jobs', jobId) };
}

/** Ids of all jobs, oldest first. */
export async function listJobIds(dataFolder: string): Promise<string[]> {
  const names = await readdir(join(dataFolder, 'jobs')).catch(() => [] as string[]);
  return names.filter((name) => /^[0-9]{8}-[0-9]{6}-[0-9a-f]{4}$/.test(name)).sort();
}

/** The folder of a job named by its id or an unambiguous end of it. @throws InvalidInputError */
export async function findJobFolder(dataFolder: string, name: string): Promise<{ jobId: string; folder: string }> {
  const ids = await listJobIds(dataFolder);
  const matches = ids.includes(name) ? [name] : ids.filter((id) => id.endsWith(name));
  if (name === '' || matches.length === 0)
    throw new InvalidInputError(`there is no job "${name}"`, { todo: 'See `diskwright jobs list`.' });
  if (matches.length > 1) throw new InvalidInputError(`"${name}" means several jobs: ${matches.join(', ')}`);
  return { jobId: matches[0]!, folder: join(dataFolder, 'jobs', matches[0]!) };
}

/** A JSON file of a job; null when it is not there. */
export async function readJobFile<T>(folder: string, name: string): Promise<T | null> {
  const text = await readFile(join(folder, name), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as T);
}
