import { randomInt } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { flushFolder } from '../files/flushFolder';
import { readTail } from '../logs/readTail';
import { ensureFolder } from '../paths';

const JOB_ID = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-[0-9a-f]{4}$/;
/** Of a longer log, its end is told. */
const LOG_BYTES = 1024 * 1024;

/** A job's id and its folder. */
export interface NamedFolder {
  jobId: string;
  folder: string;
}

/**
 * Makes the folders of new jobs, on the disk when it resolves: what a job keeps there is of no use to it after a loss of power without them. An id is the
 * time and four random digits, so that ids sort by age, and those made together by their order.
 */
export async function createJobFolders(dataFolder: string, count: number, now = new Date()): Promise<NamedFolder[]> {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const first = randomInt(0x10000 - count);
  const folders = Array.from({ length: count }, (_, index) => {
    const jobId = `${stamp}-${(first + index).toString(16).padStart(4, '0')}`;
    return { jobId, folder: ensureFolder(dataFolder, 'jobs', jobId) };
  });
  for (const parent of [join(dataFolder, 'jobs'), dataFolder]) await flushFolder(parent);
  return folders;
}

/** When a job was made, ISO 8601; its id says so. */
export function creationTime(jobId: string): string {
  return jobId.replace(JOB_ID, '$1-$2-$3T$4:$5:$6.000Z');
}

/** Ids of all jobs, oldest first. */
export async function listJobIds(dataFolder: string): Promise<string[]> {
  const names = await readdir(join(dataFolder, 'jobs')).catch(() => [] as string[]);
  return names.filter((name) => JOB_ID.test(name)).sort();
}

/** The folder of a job named by its id or an unambiguous end of it. @throws InvalidInputError */
export async function findJobFolder(dataFolder: string, name: string): Promise<{ jobId: string; folder: string }> {
  const ids = await listJobIds(dataFolder);
  const matches = ids.includes(name) ? [name] : ids.filter((id) => id.endsWith(name));
  if (name === '' || matches.length === 0)
    throw new InvalidInputError(`there is no job "${name}"`, { todo: 'See "diskwright jobs list".' });
  if (matches.length > 1) throw new InvalidInputError(`"${name}" means several jobs: ${matches.join(', ')}`);
  return { jobId: matches[0]!, folder: join(dataFolder, 'jobs', matches[0]!) };
}

/** A JSON file of a job; null when it is not there or cannot be read: a job of which nothing is known did not end. */
export async function readJobFile<T>(folder: string, name: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(join(folder, name), 'utf8')) as T;
  } catch {
    return null;
  }
}

/** The end of a job's log; empty when there is none. */
export function readLog(folder: string): Promise<string> {
  return readTail(join(folder, 'log'), LOG_BYTES);
}
