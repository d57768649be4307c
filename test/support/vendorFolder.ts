/** Builds plugins as a vendor does: outside of this tree, with nothing of it but the packed SDK. */
import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { projectFolder } from './cli';
import { must } from './tool';

const npm = (folder: string, ...arguments_: string[]): Promise<string> =>
  must(
    'npm',
    '--prefix',
    folder,
    '--offline',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--loglevel',
    'error',
    ...arguments_,
  );

/**
 * Makes `folder` a place to build plugins in. Its `node_modules` has the SDK as `npm pack` makes it, and links to the tools and libraries that a vendor
 * would install from a registry.
 */
export async function makeVendorFolder(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules');
  const sdk = join(modules, '@diskwright', 'sdk');
  await mkdir(sdk, { recursive: true });
  const archive = (
    await npm(join(projectFolder, 'sdk'), 'pack', join(projectFolder, 'sdk'), '--pack-destination', folder)
  ).trim();
  await unpackPlugin(join(folder, archive), sdk);
  for (const name of await readdir(join(projectFolder, 'node_modules')))
    if (name !== '@diskwright') await symlink(join(projectFolder, 'node_modules', name), join(modules, name));
}

/** Copies a plugin's sources there, checks its types, bundles it, and packs it. Answers the path of its package. */
export async function buildPlugin(vendorFolder: string, sources: string): Promise<string> {
  const folder = join(vendorFolder, basename(sources));
  await cp(sources, folder, { recursive: true });
  const run = (...command: string[]): Promise<string> => must('env', '--chdir', folder, process.execPath, ...command);
  await run('../node_modules/ts7/bin/tsc', '--noEmit');
  await run('../node_modules/webpack/bin/webpack.js');
  const archive = (await npm(folder, 'pack', folder, '--pack-destination', vendorFolder)).trim();
  return join(vendorFolder, archive);
}

/** Unpacks a package into a folder, which is made, without the folder `package` that all of them have. */
export async function unpackPlugin(archive: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await must('tar', '-xzf', archive, '-C', folder, '--strip-components=1', '--no-same-owner');
}
