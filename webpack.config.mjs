// One configuration for all bundles: command line and host, sector service, and every plugin.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeConfiguration, pluginConfiguration } from './sdk/src/build/index.mjs';

const root = dirname(fileURLToPath(import.meta.url));
const core = (name, entry) =>
  nodeConfiguration({
    name,
    entry: join(root, 'core', 'src', entry),
    outputFolder: join(root, 'dist'),
    outputFile: `${name}.bundle.cjs`,
  });

export default [
  core('cli', 'cli/main.ts'),
  core('sector', 'sector/main.ts'),
  ...readdirSync(join(root, 'plugins')).map((id) => pluginConfiguration({ folder: join(root, 'plugins', id) })),
];
