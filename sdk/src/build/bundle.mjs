import { join } from 'node:path';
import { conditions, esbuild } from './tools.mjs';

/**
 * What every plugin is bundled with, those of Diskwright itself included: one CommonJS file for Node 20, all imports inside, names kept for readable stacks.
 * @param {string} folder the plugin's, absolute
 */
function bundleOptions(folder) {
  return {
    absWorkingDir: folder,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    conditions,
    logLevel: 'silent',
    metafile: true,
  };
}

/**
 * @typedef {object} PluginBundle
 * @property {string} folder the plugin's
 * @property {string} [entry] `src/main.ts` unless given
 * @property {string} [output] `dist/main.cjs` unless given
 * @property {boolean} [sourceMap] a map inside the bundle, for a debugger
 */

/** @param {PluginBundle} bundle */
function optionsOf({ folder, entry = 'src/main.ts', output = 'dist/main.cjs', sourceMap = false }) {
  return {
    ...bundleOptions(folder),
    entryPoints: [join(folder, entry)],
    outfile: join(folder, output),
    // A debugger shows the author's lines, whole.
    ...(sourceMap ? { sourcemap: 'inline', minify: false } : {}),
  };
}

/**
 * Bundles a plugin.
 * @param {PluginBundle} bundle
 * @returns {Promise<import('esbuild').Metafile>} what is inside
 * @throws Error with the places and reasons, a line each
 */
export async function bundlePlugin(bundle) {
  const { build, formatMessages } = await esbuild();
  try {
    return (await build(optionsOf(bundle))).metafile;
  } catch (error) {
    throw await readable(error, formatMessages);
  }
}

/**
 * Bundles a plugin, and again whenever one of its files changes, until the answered function is called.
 * @param {PluginBundle} bundle
 * @param {(problem: string | null) => void} onBuilt told after each build: what is wrong, or null
 */
export async function watchPlugin(bundle, onBuilt) {
  const { context, formatMessages } = await esbuild();
  const tell = {
    name: 'tell',
    setup: ({ onEnd }) =>
      onEnd(async ({ errors }) => onBuilt(errors.length === 0 ? null : (await inWords(errors, formatMessages)).join('\n'))),
  };
  const watching = await context({ ...optionsOf(bundle), plugins: [tell] });
  await watching.watch();
  return () => watching.dispose();
}

function inWords(errors, formatMessages) {
  return formatMessages(errors, { kind: 'error', color: false });
}

async function readable(error, formatMessages) {
  if (!Array.isArray(error?.errors)) return error;
  return new Error((await inWords(error.errors, formatMessages)).join('\n').trim());
}
