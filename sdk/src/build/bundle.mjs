import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundlePages, copyPageFiles, hasPages, pageOptions } from './bundlePages.mjs';
import { conditions, esbuild } from './tools.mjs';

/**
 * What every plugin is bundled with, those of Diskwright itself included: one CommonJS file for Node 20, all imports inside.
 * Names stay: stacks are readable so, and nothing has to put them back at each start.
 * @param {string} folder the plugin's, absolute
 */
function bundleOptions(folder) {
  return {
    absWorkingDir: folder,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    conditions,
    logLevel: 'silent',
    metafile: true,
    plugins: [rawText],
  };
}

/** `import text from 'package/file?raw'` gives the text of a file, such as a program for a worker thread, which has no files at run time. Vite does the same. */
const rawText = {
  name: 'raw text',
  setup(build) {
    build.onResolve({ filter: /\?raw$/ }, async ({ path, kind, resolveDir }) => {
      const { path: file, errors } = await build.resolve(path.replace(/\?raw$/, ''), { kind, resolveDir });
      return errors.length > 0 ? { errors } : { path: file, suffix: '?raw' };
    });
    build.onLoad({ filter: /^/ }, async ({ path, suffix }) =>
      suffix === '?raw' ? { contents: await readFile(path, 'utf8'), loader: 'text', watchFiles: [path] } : undefined,
    );
  },
};

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
    ...(sourceMap ? { sourcemap: 'inline', minifyWhitespace: false, minifySyntax: false } : {}),
  };
}

/** What `diskwright plugin test` runs beside the plugin, where the author has it. */
const CONFORMANCE = { entry: 'src/conformance/index.ts', output: 'dist/conformance.cjs' };

async function hasConformance(folder) {
  return access(join(folder, CONFORMANCE.entry)).then(
    () => true,
    () => false,
  );
}

/**
 * Bundles a plugin, the pages of its views, and its recipes for tests.
 * @param {PluginBundle} bundle
 * @returns {Promise<import('esbuild').Metafile>} what is inside
 * @throws Error with the places and reasons, a line each
 */
export async function bundlePlugin(bundle) {
  const { build, formatMessages } = await esbuild();
  try {
    const { metafile } = await build(optionsOf(bundle));
    await bundlePages(bundle);
    if (await hasConformance(bundle.folder)) await build(optionsOf({ ...bundle, ...CONFORMANCE }));
    return metafile;
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
  const all = [];
  if (await hasPages(bundle.folder)) {
    const copy = { name: 'copy', setup: ({ onStart }) => onStart(() => copyPageFiles(bundle.folder)) };
    const pages = await context({ ...(await pageOptions(bundle.folder, bundle.sourceMap)), plugins: [copy, tell] });
    all.push(pages);
    // Before the program, whose build is what others wait for. What is wrong was told.
    await pages.rebuild().catch(() => undefined);
  }
  const options = optionsOf(bundle);
  all.push(await context({ ...options, plugins: [...options.plugins, tell] }));
  for (const watching of all) await watching.watch();
  return () => Promise.all(all.map((watching) => watching.dispose()));
}

function inWords(errors, formatMessages) {
  return formatMessages(errors, { kind: 'error', color: false });
}

async function readable(error, formatMessages) {
  if (!Array.isArray(error?.errors)) return error;
  return new Error((await inWords(error.errors, formatMessages)).join('\n').trim());
}
