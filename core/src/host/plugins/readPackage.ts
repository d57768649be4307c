import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, resolve } from 'node:path';
import { satisfies, validRange } from 'semver';
import type { PackageJson } from '@diskwright/sdk/protocol';
import type { ManifestProblem } from './manifestProblem';
import { pluginId } from './pluginId';
import { isBinary, PACKAGE_PREFIX } from './pluginProgram';
import type { PluginRecord } from './pluginRecord';
import { schemaProblems } from './schemaProblems';
import { semanticProblems } from './semanticProblems';

/** A manifest may be large, not endless. */
const MAX_PACKAGE_JSON_BYTES = 1024 * 1024;
const MAX_DESCRIPTION_CHARACTERS = 4096;

/** Reads and checks the package in a folder, listing everything that is wrong with it; never throws for what the package holds. */
export async function readPackage(folder: string, hostVersion: string): Promise<PluginRecord> {
  const found = await parsePackageJson(join(folder, 'package.json'));
  if ('problem' in found) return broken(folder, null, [found.problem]);
  const problems = schemaProblems(found.value);
  if (problems.length > 0) return broken(folder, found.value, problems);
  const packageJson = found.value as PackageJson;
  const range = rangeProblem(packageJson.engines.diskwright, hostVersion);
  const { main: bundle, command } = packageJson.diskwright;
  const main = await (command ? commandFile(folder, command) : packageFile(folder, 'diskwright.main', bundle!));
  const pages = await Promise.all(
    (packageJson.diskwright.contributes.views ?? []).map(({ entry }, index) =>
      packageFile(folder, `diskwright.contributes.views[${index}].entry`, entry),
    ),
  );
  const missing = [main, ...pages].flatMap((file) => ('problem' in file ? [file.problem] : []));
  const all = [...semanticProblems(packageJson), ...range.invalid, ...missing];
  if (all.length > 0 || 'problem' in main) return broken(folder, packageJson, all);
  const { name, version, diskwright: manifest } = packageJson;
  const plugin = { id: pluginId(name), version, folder: main.folder };
  const record = { ...plugin, name, description: descriptionOf(packageJson) };
  if (range.incompatible.length > 0) return { ...record, state: 'incompatible', plugin: null, problems: range.incompatible };
  return { ...record, state: 'ready', plugin: { ...plugin, mainFile: main.path, manifest }, problems: [] };
}

function broken(folder: string, packageJson: unknown, problems: ManifestProblem[]): PluginRecord {
  const { name, version } = (packageJson ?? {}) as { name?: unknown; version?: unknown };
  const id = typeof name === 'string' ? pluginId(name) : basename(folder);
  const description = descriptionOf(packageJson);
  return {
    id,
    name: typeof name === 'string' ? name : '',
    version: typeof version === 'string' ? version : '?',
    description,
    folder,
    state: 'invalid',
    plugin: null,
    problems,
  };
}

function descriptionOf(packageJson: unknown): string {
  const { description } = (packageJson ?? {}) as { description?: unknown };
  return typeof description === 'string' ? description.slice(0, MAX_DESCRIPTION_CHARACTERS) : '';
}

async function parsePackageJson(path: string): Promise<{ value: unknown } | { problem: ManifestProblem }> {
  try {
    if ((await stat(path)).size > MAX_PACKAGE_JSON_BYTES) throw new Error(`it is larger than ${MAX_PACKAGE_JSON_BYTES} bytes`);
    return { value: JSON.parse(await readFile(path, 'utf8')) };
  } catch (error) {
    const message = `it cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return { problem: { path: '', message, mend: 'Every plugin folder needs a package.json that is valid JSON.' } };
  }
}

function rangeProblem(range: string, hostVersion: string): { invalid: ManifestProblem[]; incompatible: ManifestProblem[] } {
  const path = 'engines.diskwright';
  if (validRange(range) === null) {
    return {
      invalid: [{ path, message: `"${range}" is no version range`, mend: `Write a range such as "^${hostVersion}".` }],
      incompatible: [],
    };
  }
  if (satisfies(hostVersion, range, { includePrerelease: true })) return { invalid: [], incompatible: [] };
  const message = `it is made for Diskwright ${range}; this is ${hostVersion}`;
  return {
    invalid: [],
    incompatible: [{ path, message, mend: 'Install a version of the plugin for this Diskwright, or update Diskwright.' }],
  };
}

type FoundFile = { folder: string; path: string } | { problem: ManifestProblem };

/** The first file that a command names, all of which have to be there. */
async function commandFile(folder: string, command: readonly string[]): Promise<FoundFile> {
  const problem = (index: number, message: string, mend: string) => ({
    problem: { path: `diskwright.command[${index}]`, message, mend },
  });
  if (!command[0]!.startsWith(PACKAGE_PREFIX) && command[0]!.includes('/')) {
    return problem(0, `"${command[0]}" is a path`, 'Name a file of the package, such as "./plugin", or a program on PATH.');
  }
  let first: FoundFile | null = null;
  for (const [index, part] of command.entries()) {
    if (!part.startsWith(PACKAGE_PREFIX)) continue;
    const found = await packageFile(folder, `diskwright.command[${index}]`, part);
    if ('problem' in found) return found;
    first ??= found;
    if (index === 0 && !isBinary(found.path))
      return problem(0, `"${part}" is no binary`, 'Name the interpreter of a script first, such as ["python3", "./plugin.py"].');
  }
  return first ?? problem(0, 'it names no file of the package', 'Begin the names of files of the package with "./".');
}

/** A file that must lie in the package's folder, also when all symbolic links are followed. */
async function packageFile(folder: string, at: string, main: string): Promise<FoundFile> {
  const problem = (message: string, mend: string) => ({ problem: { path: at, message, mend } });
  if (isAbsolute(main) || !isInside(folder, resolve(folder, main))) {
    return problem(`"${main}" lies outside of the package`, 'Name a file inside the package, such as dist/main.cjs.');
  }
  try {
    const [realFolder, path] = await Promise.all([realpath(folder), realpath(resolve(folder, main))]);
    if (!isInside(realFolder, path))
      return problem(`"${main}" is a link to a place outside of the package`, 'Put the file itself into the package.');
    if (!(await stat(path)).isFile()) return problem(`"${main}" is no file`, 'Name the program file.');
    return { folder: realFolder, path };
  } catch {
    return problem(`"${main}" is not there`, 'Build the plugin, and see that "files" includes it.');
  }
}

function isInside(folder: string, path: string): boolean {
  const inner = relative(folder, path);
  return inner !== '' && !inner.startsWith('..') && !isAbsolute(inner);
}
