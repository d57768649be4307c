/** Builds plugins as a vendor does: outside of this tree, with nothing of it but the packed SDK, and without a registry. */
import { cp, mkdir, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { projectFolder } from './cli';
import { must } from './tool';

/** The packed SDK, as the build makes it. */
export async function packedSdk(): Promise<string> {
  const folder = join(projectFolder, 'dist', 'sdk');
  const archive = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (!archive) throw new Error(`${folder} holds no package of the SDK: run "npm run build"`);
  return join(folder, archive);
}

/** Makes `folder` a place to build plugins in: its `node_modules` has the SDK as it is packed, and nothing else. */
export async function makeVendorFolder(folder: string): Promise<void> {
  await unpackPlugin(await packedSdk(), join(folder, 'node_modules', '@diskwright', 'sdk'));
}

/** Copies a plugin's sources there, checks its types, bundles it, and packs it. Answers the path of its package. */
export async function buildPlugin(vendorFolder: string, sources: string): Promise<string> {
  const folder = join(vendorFolder, basename(sources));
  await cp(sources, folder, { recursive: true });
  const program = join(vendorFolder, 'node_modules', '@diskwright', 'sdk', 'dist', 'build', 'command.mjs');
  await must('env', '--chdir', folder, process.execPath, program, 'build');
  const quiet = ['--offline', '--ignore-scripts', '--loglevel', 'error'];
  const archive = await must('npm', '--prefix', folder, ...quiet, 'pack', folder, '--pack-destination', vendorFolder);
  return join(vendorFolder, archive.trim());
}

/** Unpacks a package into a folder, which is made, without the folder `package` that all of them have. */
export async function unpackPlugin(archive: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await must('tar', '-xzf', archive, '-C', folder, '--strip-components=1', '--no-same-owner');
}
