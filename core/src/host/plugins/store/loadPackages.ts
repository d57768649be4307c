import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fromWireError } from '@diskwright/sdk/errors';
import { programFolder } from '../../paths';
import type {
  Answer,
  FetchedPackage,
  FetchOptions,
  findInRegistry as findIn,
  fetchPackage as fetchIn,
  unpackFile as unpackIn,
} from '../packages/main';

/** A bundle of its own, so that nothing but installing has to load it. */
function loadPackages(): { fetchPackage: typeof fetchIn; findInRegistry: typeof findIn; unpackFile: typeof unpackIn } {
  const file = join(programFolder(), 'packages.cjs');
  return createRequire(file)(file) as ReturnType<typeof loadPackages>;
}

/** @throws as the bundle's `fetchPackage` answers */
export async function fetchPackage(options: FetchOptions): Promise<FetchedPackage> {
  return valueOf(await loadPackages().fetchPackage(options));
}

/** The newest version of what was installed from a registry. @throws as the bundle's `findInRegistry` answers */
export async function findInRegistry(
  source: string,
  cwd: string,
  folder: string,
  signal?: AbortSignal,
): Promise<{ name: string; version: string }> {
  return valueOf(await loadPackages().findInRegistry(source, cwd, folder, signal));
}

/** Unpacks a package by the rules of an installation. @throws as the bundle's `unpackFile` answers */
export async function unpackArchive(file: string, folder: string, signal?: AbortSignal): Promise<void> {
  valueOf(await loadPackages().unpackFile(file, folder, signal));
}

function valueOf<T>(answer: Answer<T>): T {
  if ('error' in answer) throw fromWireError(answer.error);
  return answer.value;
}
