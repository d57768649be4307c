import { accessSync, constants, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { sandboxArguments, type WindowProgram, type WindowTarget } from './windowProgram';

/** The desktop shell, where Electron's binary is there; null where not. */
export function electronProgram(target: WindowTarget, environment: NodeJS.ProcessEnv): WindowProgram | null {
  const command = electronBinary(target.programFolder, environment);
  if (command === null) return null;
  return {
    name: 'Electron',
    command,
    arguments: [...sandboxArguments(), join(target.programFolder, 'electron.bundle.cjs')],
    environment: {
      DISKWRIGHT_WORKBENCH_URL: target.url,
      DISKWRIGHT_WINDOW_FOLDER: join(target.folder, 'electron'),
    },
    temporaryFolder: null,
  };
}

/**
 * Where the package `electron` has put its binary, found as the package itself does: the file's name is in `path.txt`, `ELECTRON_OVERRIDE_DIST_PATH` is
 * another folder for it. Not asked of the package, which would download what is missing.
 */
function electronBinary(programFolder: string, environment: NodeJS.ProcessEnv): string | null {
  try {
    const override = environment['ELECTRON_OVERRIDE_DIST_PATH'];
    const folder = packageFolder(programFolder);
    const name = (folder && readIfThere(join(folder, 'path.txt'))) ?? 'electron';
    if (!override && folder === null) return null;
    const binary = join(override || join(folder!, 'dist'), name);
    accessSync(binary, constants.X_OK);
    return binary;
  } catch {
    return null;
  }
}

function packageFolder(programFolder: string): string | null {
  try {
    return dirname(createRequire(join(programFolder, 'server.cjs')).resolve('electron/package.json'));
  } catch {
    return null;
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}
