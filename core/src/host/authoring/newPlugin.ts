import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { FailedError, InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import { makeFolder } from '../../common/files/makeFolder';
import { reasonOf } from '../systemError';

/** What a plugin can be begun as. */
export const PLUGIN_KINDS = ['command', 'view', 'filesystem', 'table', 'image-format', 'container'] as const;
export type PluginKind = (typeof PLUGIN_KINDS)[number];

/** Stands in the templates where the new plugin's name has to. */
const PLACEHOLDER = 'example-name';
const PLACEHOLDER_TITLE = 'Example name';
/** Lies in the templates without its dot, which no package could hold. */
const IGNORE_FILE = 'gitignore';
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

export interface NewPlugin {
  folder: string;
  name: string;
  /** Relative to the folder, in order. */
  files: string[];
}

/**
 * Makes a folder with a plugin that builds and runs, named as the folder, and puts the packed SDK beside it.
 * @param kind one of {@link PLUGIN_KINDS}
 * @param programFolder where the build left templates and SDK (`sdk`)
 * @throws InvalidInputError for another kind or a folder whose name is none of a package, RefusedError where the folder holds something, FailedError where it cannot be made
 */
export async function newPlugin(kind: string, folder: string, programFolder: string): Promise<NewPlugin> {
  const target = resolve(folder);
  const name = basename(target);
  if (!(PLUGIN_KINDS as readonly string[]).includes(kind))
    throw new InvalidInputError(`there is no kind of plugin "${kind}"`, { todo: `Choose one of: ${PLUGIN_KINDS.join(', ')}.` });
  if (!NAME.test(name))
    throw new InvalidInputError(`the plugin is named as its folder, and "${name}" is no name of a package`, {
      todo: 'Use a folder name of small letters and digits, with hyphens between words, such as my-plugin.',
    });
  const sdk = await packedSdk(join(programFolder, 'sdk'));
  await requireEmpty(target);
  try {
    makeFolder(target);
  } catch (error) {
    throw new FailedError(`the folder ${target} cannot be made: ${reasonOf(error)}`, { todo: 'Name another folder.' });
  }
  const templates = join(programFolder, 'sdk', 'templates');
  for (const part of ['common', kind]) await copyTemplate(join(templates, part), target, name, basename(sdk));
  await cp(sdk, join(target, basename(sdk)));
  return { folder: target, name, files: (await filesBelow(target)).sort() };
}

async function packedSdk(folder: string): Promise<string> {
  const archive = (await readdir(folder).catch(() => [])).find((file) => file.endsWith('.tgz'));
  if (archive) return join(folder, archive);
  throw new FailedError(`the packed SDK is not in ${folder}`, { todo: 'Run "npm run setup" in the checkout of Diskwright.' });
}

async function requireEmpty(folder: string): Promise<void> {
  const found = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new InvalidInputError(`${folder} is no folder`, { todo: 'Name a folder that is not there yet.' });
  });
  if (found.length > 0)
    throw new RefusedError(`the folder ${folder} is not empty`, { todo: 'Name a folder that is not there yet, or is empty.' });
}

async function copyTemplate(template: string, target: string, name: string, sdk: string): Promise<void> {
  const title = name[0]!.toUpperCase() + name.slice(1).replaceAll('-', ' ');
  for (const file of await filesBelow(template)) {
    const text = (await readFile(join(template, file), 'utf8'))
      .replaceAll(PLACEHOLDER_TITLE, title)
      .replaceAll(PLACEHOLDER, name)
      .replace('"@diskwright/sdk": "0.1.0"', `"@diskwright/sdk": "file:${sdk}"`);
    const path = join(target, file === IGNORE_FILE ? `.${file}` : file);
    makeFolder(dirname(path));
    await writeFile(path, text);
  }
}

/** Paths of all files, relative to the folder. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1));
}
