/** The bundle that fetches packages: what it is made of is loaded only where a plugin is installed. */
import { mkdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { createReadStream } from 'node:fs';
import { fromStream } from 'ssri';
import { InvalidInputError, RefusedError, toWireError, type WireError } from '@diskwright/sdk/errors';
import { copyFolder } from './copyFolder';
import { PACKAGE_LIMITS } from './packageLimits';
import { Registry } from './registryPackage';
import { unpackArchive } from './unpackArchive';

export interface FetchOptions {
  /** A .tgz file, a folder, or the name of a package with or without a range. */
  source: string;
  /** Where relative paths begin, and whose .npmrc counts. */
  cwd: string;
  /** Empty; gets `package`, and what is needed to get there. */
  folder: string;
  signal?: AbortSignal;
}
export interface FetchedPackage {
  /** Where its files lie. */
  folder: string;
  content: string;
  integrity: string | null;
  /** An absolute path, or `npm:` and what was asked for. */
  source: string;
}
/** An error goes by its wire form: classes of errors are not the same in two bundles. */
export type Answer<T> = { value: T } | { error: WireError };

/** Fetches a package and unpacks it, or refuses it. What is in the folder then is the caller's. */
export function fetchPackage(options: FetchOptions): Promise<Answer<FetchedPackage>> {
  return answered(async () => {
    const folder = join(options.folder, 'package');
    await mkdir(folder);
    const path = resolve(options.cwd, options.source.replace(/^~(?=\/)/, homedir()));
    const there = await stat(path).catch(() => null);
    if (there?.isDirectory()) {
      return { folder, content: await copyFolder(path, folder, options.signal), integrity: null, source: path };
    }
    if (there?.isFile()) return { ...(await fromArchive(path, there.size, folder, options.signal)), source: path };
    if (/^[.~/]/.test(options.source) || /\.(tgz|tar\.gz)$/.test(options.source))
      throw new InvalidInputError(`there is no file or folder ${path}`);
    return fromRegistry(options, folder);
  });
}

/** The version that a registry has for what was asked for once (`npm:…`). */
export function findInRegistry(
  source: string,
  cwd: string,
  folder: string,
  signal?: AbortSignal,
): Promise<Answer<{ name: string; version: string }>> {
  return answered(async () => {
    const { name, version } = await (await Registry.open(cwd, folder, signal)).find(source.replace(/^npm:/, ''));
    return { name, version };
  });
}

/** Unpacks a package into an empty folder, by the rules of an installation. @returns a digest of its content */
export function unpackFile(file: string, folder: string, signal?: AbortSignal): Promise<Answer<string>> {
  return answered(async () => (await fromArchive(file, (await stat(file)).size, folder, signal)).content);
}

async function fromArchive(
  path: string,
  bytes: number,
  folder: string,
  signal?: AbortSignal,
): Promise<Omit<FetchedPackage, 'source'>> {
  if (bytes > PACKAGE_LIMITS.archiveBytes)
    throw new RefusedError(`${path} has ${bytes} bytes; a package has at most ${PACKAGE_LIMITS.archiveBytes}`);
  const content = await unpackArchive(path, folder, signal);
  const integrity = await fromStream(createReadStream(path), { algorithms: ['sha512'] });
  return { folder, content, integrity: integrity.toString() };
}

async function fromRegistry({ source, cwd, folder: staging, signal }: FetchOptions, folder: string): Promise<FetchedPackage> {
  const wanted = source.replace(/^npm:/, '');
  const registry = await Registry.open(cwd, join(staging, 'cache'), signal);
  const found = await registry.find(wanted);
  const archive = join(staging, 'package.tgz');
  await registry.fetch(found, archive);
  return { folder, content: await unpackArchive(archive, folder, signal), integrity: found.integrity, source: `npm:${wanted}` };
}

async function answered<T>(action: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await action() };
  } catch (error) {
    return { error: toWireError(error) };
  }
}
