import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, isAbsolute, join, normalize, relative, resolve } from 'node:path';
import { makeArchive, type PackageFile } from '@diskwright/sdk/build/archive';
import { InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import { HOST_VERSION } from '../plugins/hostVersion';
import { describeProblem } from '../plugins/manifestProblem';
import { readPackage } from '../plugins/readPackage';

/** A package that was made. */
export interface PackedPlugin {
  id: string;
  version: string;
  /** The file that was written, absolute. */
  file: string;
  bytes: number;
  /** `sha512-…`, as npm writes the integrity of a package. */
  integrity: string;
  files: { path: string; bytes: number }[];
}

/** As npm: these are in every package that has them. */
const ALWAYS = /^(?:package\.json|readme(?:\..*)?|licen[cs]e(?:\..*)?)$/i;
const NEVER = new Set(['node_modules', '.git']);
const MAX_FILES = 10_000;
const MAX_BYTES = 256 * 1024 * 1024;
const EXECUTE_BITS = 0o111;

/**
 * Packs a plugin's folder as a `.tgz`, the same bytes for the same content: package.json, its read-me and licence, and what `files` names.
 * @throws InvalidInputError with everything that is wrong with the manifest, RefusedError for what may be in no package
 */
export async function packPlugin(folder: string, file: string): Promise<PackedPlugin> {
  const record = await readPackage(resolve(folder), HOST_VERSION);
  // One that is made for another Diskwright can be packed: it is the installation that has to refuse it.
  if (record.state === 'invalid')
    throw new InvalidInputError(`${folder} holds no sound plugin:\n${record.problems.map(describeProblem).join('\n')}`);
  const contents = await packageFiles(resolve(folder));
  requireMain(contents, await mainOf(resolve(folder)));
  const archive = makeArchive(contents);
  await writeFile(file, archive);
  const { id, version } = record;
  const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
  const files = contents.map(({ path, content }) => ({ path, bytes: content.length }));
  return { id, version, file: resolve(file), bytes: archive.length, integrity, files };
}

async function mainOf(folder: string): Promise<string> {
  const { diskwright } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { diskwright: { main: string } };
  return normalize(diskwright.main);
}

function requireMain(files: readonly PackageFile[], main: string): void {
  if (files.some(({ path }) => path === main)) return;
  throw new InvalidInputError(`the package would not hold its own program ${main}`, {
    todo: `Add it, or its folder, to "files" in package.json, such as ["${main.split('/')[0]}"].`,
  });
}

async function packageFiles(folder: string): Promise<PackageFile[]> {
  const { files } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { files?: unknown };
  if (!Array.isArray(files) || !files.every((entry) => typeof entry === 'string'))
    throw new InvalidInputError('package.json does not say what belongs into the package', {
      todo: 'Add "files", a list of files and folders, such as ["dist"].',
    });
  const always = (await readdir(folder)).filter((name) => ALWAYS.test(name));
  const found = new Map<string, PackageFile>();
  for (const entry of [...always, ...files]) await addFiles(folder, plainEntry(folder, entry), found);
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** @throws InvalidInputError for patterns, which npm knows, and for what lies outside */
function plainEntry(folder: string, entry: string): string {
  if (/[*?![\]{}]/.test(entry))
    throw new InvalidInputError(`"files" in package.json has the pattern "${entry}"`, {
      todo: 'Name files and folders as they are.',
    });
  const path = relative(folder, resolve(folder, entry));
  if (isAbsolute(entry) || path.startsWith('..'))
    throw new InvalidInputError(`"files" in package.json names "${entry}", outside of the package`);
  return path;
}

async function addFiles(folder: string, path: string, found: Map<string, PackageFile>): Promise<void> {
  const full = join(folder, path);
  const state = await lstat(full).catch(() => {
    throw new InvalidInputError(`"files" in package.json names ${path}, which is not there`, { todo: 'Build the plugin first.' });
  });
  if (state.isDirectory()) {
    for (const name of (await readdir(full)).sort()) if (!NEVER.has(name)) await addFiles(folder, join(path, name), found);
    return;
  }
  if (!state.isFile())
    throw new RefusedError(
      `${basename(path)} is ${state.isSymbolicLink() ? 'a link' : 'no file'}: packages hold plain files only`,
    );
  found.set(path, { path, content: await readFile(full), executable: (state.mode & EXECUTE_BITS) !== 0 });
  const bytes = [...found.values()].reduce((sum, { content }) => sum + content.length, 0);
  if (found.size > MAX_FILES || bytes > MAX_BYTES)
    throw new RefusedError(`the package would hold more than ${MAX_FILES} files or ${MAX_BYTES} bytes`);
}
