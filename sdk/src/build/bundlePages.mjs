import { access, copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { conditions, esbuild } from './tools.mjs';

/** Where the pages of a plugin's views are, and where what they are made of goes. */
export const PAGES = { sources: join('src', 'view'), output: join('dist', 'view') };

/** @param {string} folder the plugin's */
export async function hasPages(folder) {
  return access(join(folder, PAGES.sources)).then(
    () => true,
    () => false,
  );
}

/** The options with which the scripts of pages are bundled: each `NAME.html` has its script in `NAME.ts`, which becomes `NAME.js`, a module. */
export async function pageOptions(folder, sourceMap) {
  const sources = join(folder, PAGES.sources);
  const files = await readdir(sources, { recursive: true });
  const scripts = files
    .filter((file) => file.endsWith('.html') && files.includes(file.replace(/\.html$/, '.ts')))
    .map((file) => join(sources, file.replace(/\.html$/, '.ts')));
  return {
    absWorkingDir: folder,
    entryPoints: scripts,
    outbase: sources,
    outdir: join(folder, PAGES.output),
    bundle: true,
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    minify: !sourceMap,
    keepNames: true,
    legalComments: 'none',
    conditions,
    logLevel: 'silent',
    ...(sourceMap ? { sourcemap: 'inline' } : {}),
  };
}

/** Copies what pages are made of beside their scripts, as it is. */
export async function copyPageFiles(folder) {
  const [sources, output] = [join(folder, PAGES.sources), join(folder, PAGES.output)];
  for (const entry of await readdir(sources, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith('.ts')) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const target = join(output, path.slice(sources.length + 1));
    await mkdir(dirname(target), { recursive: true });
    await copyFile(path, target);
  }
}

/**
 * Bundles the pages of a plugin's views, where it has such: what lies in `src/view` goes to `dist/view`.
 * @param {{ folder: string, sourceMap?: boolean }} plugin
 * @throws as esbuild
 */
export async function bundlePages({ folder, sourceMap = false }) {
  if (!(await hasPages(folder))) return;
  await rm(join(folder, PAGES.output), { recursive: true, force: true });
  await copyPageFiles(folder);
  await (await esbuild()).build(await pageOptions(folder, sourceMap));
}
