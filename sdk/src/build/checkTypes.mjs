import { spawnSync } from 'node:child_process';
import { typescriptCompiler } from './tools.mjs';

/**
 * Checks the types of a plugin by its `tsconfig.json`; nothing is written.
 * @param {string} folder the plugin's
 * @throws Error with the compiler's lines, each with file, line and column
 */
export async function checkTypes(folder) {
  const compiler = await typescriptCompiler();
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', folder, '--noEmit', '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`${stdout}${stderr}`.trim() || 'the type check did not run');
}
