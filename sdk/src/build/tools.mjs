/**
 * The tools that build a plugin. The packed SDK brings them along (`dist/tools`), so that an author's folder needs no registry; in Diskwright's own tree,
 * and on a system for which the SDK was not packed, they are the installed packages.
 */
import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const brought = (path) => fileURLToPath(new URL(`../tools/${path}`, import.meta.url));

/** How imports of the SDK resolve: in Diskwright's own tree to its sources, which are in no package. */
export const conditions = import.meta.url.endsWith('/sdk/src/build/tools.mjs') ? ['diskwright-source', 'module'] : undefined;

async function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** @returns {Promise<typeof import('esbuild')>} */
export async function esbuild() {
  const binary = brought(`esbuild/${process.platform}-${process.arch}`);
  if (await exists(binary)) {
    process.env.ESBUILD_BINARY_PATH = binary;
    return require(brought('esbuild/main.cjs'));
  }
  try {
    return (await import(pathToFileURL(require.resolve('esbuild')).href)).default;
  } catch (error) {
    throw new Error(
      `this SDK was packed on another system and brings no bundler for ${process.platform}-${process.arch}: install the package esbuild beside it`,
      { cause: error },
    );
  }
}

/** The path of TypeScript's compiler, a program for Node. */
export async function typescriptCompiler() {
  const compiler = brought('typescript/tsc.cjs');
  return (await exists(compiler)) ? compiler : require.resolve('typescript/lib/_tsc.js');
}
