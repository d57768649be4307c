/** The one place of the core where the native addon is loaded. */
import { FailedError } from '@diskwright/sdk/errors';
import type * as addon from '@diskwright/native';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The addon's functions. */
export const native: typeof addon = load();

/** Loaded by the system's loader, not by `require`: a bundler must neither follow nor copy it. */
function load(): typeof addon {
  const module = { exports: {} };
  const folder = process.env['DISKWRIGHT_NATIVE'];
  process.dlopen(module, folder ? join(folder, 'diskwright.node') : findAddon());
  return module.exports as typeof addon;
}

/** Beside the bundle (`dist/`) or the source (`core/src/sector`): the nearest folder above that has it. */
function findAddon(): string {
  let folder = typeof __dirname === 'string' ? __dirname : dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const path = join(folder, 'native', 'build', 'Release', 'diskwright.node');
    if (existsSync(path)) return path;
    const above = dirname(folder);
    if (above === folder) throw new FailedError('the native addon is not built', { todo: 'Run npm run setup.' });
    folder = above;
  }
}
