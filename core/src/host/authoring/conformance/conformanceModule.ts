import { readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { PackageJson } from '@diskwright/sdk/protocol';

/** Where it is looked for when package.json names none. */
const USUAL_PLACE = 'conformance/index.mjs';

/**
 * The module with the recipes and the oracle of a plugin in a folder; null when there is none.
 * @throws Error when package.json names one that is not there, or lies outside
 */
export async function conformanceModule(folder: string): Promise<string | null> {
  const { diskwright } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Pick<PackageJson, 'diskwright'>;
  const named = diskwright.conformance;
  const path = resolve(folder, named ?? USUAL_PLACE);
  if (!(await stat(path).catch(() => null))) {
    if (named === undefined) return null;
    throw new Error(`${named}, which "diskwright.conformance" in package.json names, is not there: build the plugin first.`);
  }
  const [inside, real] = [await realpath(folder), await realpath(path)];
  if (relative(inside, real).startsWith('..')) throw new Error(`${named ?? USUAL_PLACE} lies outside of the plugin's folder.`);
  return real;
}
