import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, isAbsolute, join, normalize, relative, resolve } from 'node:path';
import { makeArchive, type PackageFile } from '@diskwright/sdk/build/archive';
import { InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import type { PackageJson } from '@diskwright/sdk/protocol';
import { HOST_VERSION } from '../plugins/hostVersion';
import { describeProblem } from '../plugins/manifestProblem';
import { filesOfCommand } from '../plugins/pluginProgram';
import { readPackage } from '../plugins/readPackage';
import { SIGNATURE_FILE } from '../plugins/trust/packageDigest';
import { signPackage } from '../plugins/trust/signPackage';

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
  signed: boolean;
}

/** As npm: these are in every package that has them. */
const ALWAYS = /^(?:package\.json|readme(?:\..*)?|licen[cs]e(?:\..*)?)$/i;
const NEVER = new Set(['node_modules', '.git']);
const MAX_FILES = 10_000;
const MAX_BYTES = 256 * 1024 * 1024;
const EXECUTE_BITS = 0o111;

/**
 * Packs a plugin's folder as a `.tgz`, the same bytes for the same content: package.json, its read-me and licence, and what `files` names.
 * @param signWith the vendor's key in PEM, to sign the package with
 * @throws InvalidInputError with everything that is wrong with the manifest, RefusedError for what may be in no package
 */
export async function packPlugin(folder: string, file: string, signWith?: string): Promise<PackedPlugin> {
  const record = await readPackage(resolve(folder), HOST_VERSION);
  // One that is made for another Diskwright can be packed: it is the installation that has to refuse it.
  if (record.state === 'invalid')
    throw new InvalidInputError(`${folder} holds no sound plugin:\n${record.problems.map(describeProblem).join('\n')}`);
  const contents = await packageFiles(resolve(folder));
  for (const path of await programFiles(resolve(folder))) requireProgram(contents, path);
  if (signWith !== undefined) contents.push({ ...signPackage(contents, signWith), executable: false });
  const archive = makeArchive(contents);
  await writeFile(file, archive);
  const { id, version } = record;
  const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
  const files = contents.map(({ path, content }) => ({ path, bytes: content.length }));
  return { id, version, file: resolve(file), bytes: archive.length, integrity, files, signed: signWith !== undefined };
}

/** Relative to the package. */
async function programFiles(folder: string): Promise<string[]> {
  const { diskwright } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Pick<PackageJson, 'diskwright'>;
  const files = diskwright.main === undefined ? filesOfCommand(diskwright) : [diskwright.main];
  return files.map((path) => normalize(path));
}

function requireProgram(files: readonly PackageFile[], program: string): void {
  if (files.some(({ path }) => path === program)) return;
  throw new InvalidInputError(`the package would not hold its own program ${program}`, {
    todo: `Add it, or its folder, to "files" in package.json, such as ["${program.split('/')[0]}"].`,
  });
}

async function packageFiles(folder: string): Promise<PackageFile[]> {
  const { files, diskwright } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as PackageJson & {
    files?: unknown;
  };
  if (!Array.isArray(files) || !files.every((entry) => typeof entry === 'string'))
    throw new InvalidInputError('package.json does not say what belongs into the package', {
      todo: 'Add "files", a list of files and folders, such as ["dist"].',
    });
  const always = (await readdir(folder)).filter((name) => ALWAYS.test(name));
  const found = new Map<string, PackageFile>();
  const addFile = sizeChecked(found);
  for (const entry of [...always, ...files]) await addFiles(folder, plainEntry(folder, entry), addFile);
  // The author's own, for tests.
  if (diskwright.conformance !== undefined) found.delete(normalize(diskwright.conformance));
  // A signature is made with the package: one that lies in the folder is of another.
  found.delete(SIGNATURE_FILE);
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

/** What adds a file, once, as long as a package may still grow. */
function sizeChecked(found: Map<string, PackageFile>): (file: PackageFile) => void {
  let bytes = 0;
  return (file) => {
    if (found.has(file.path)) return;
    found.set(file.path, file);
    bytes += file.content.length;
    if (found.size > MAX_FILES || bytes > MAX_BYTES)
      throw new RefusedError(`the package would hold more than ${MAX_FILES} files or ${MAX_BYTES} bytes`);
  };
}

async function addFiles(folder: string, path: string, addFile: (file: PackageFile) => void): Promise<void> {
  const full = join(folder, path);
  const state = await lstat(full).catch(() => {
    throw new InvalidInputError(`"files" in package.json names ${path}, which is not there`, { todo: 'Build the plugin first.' });
  });
  if (state.isDirectory()) {
    for (const name of (await readdir(full)).sort()) if (!NEVER.has(name)) await addFiles(folder, join(path, name), addFile);
    return;
  }
  if (!state.isFile())
    throw new RefusedError(
      `${basename(path)} is ${state.isSymbolicLink() ? 'a link' : 'no file'}: packages hold plain files only`,
    );
  addFile({ path, content: await readFile(full), executable: (state.mode & EXECUTE_BITS) !== 0 });
}
