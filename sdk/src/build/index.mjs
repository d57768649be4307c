/**
 * The bundler set-up of a Diskwright plugin: one CommonJS file for Node 20, everything it imports inside, names kept.
 * In a plugin's webpack.config.mjs: `import { pluginConfiguration } from '@diskwright/sdk/build'; export default pluginConfiguration({ folder: import.meta.dirname });`
 */
import { EsbuildPlugin } from 'esbuild-loader';
import { join } from 'node:path';

/** Settings shared by every Node bundle; `entry` and `output` come from the caller. */
export function nodeConfiguration({ name, entry, outputFolder, outputFile }) {
  return {
    name,
    mode: 'production',
    target: 'node20',
    devtool: false,
    entry,
    output: { path: outputFolder, filename: outputFile, library: { type: 'commonjs2' } },
    resolve: { extensions: ['.ts', '.js', '.mjs', '.json'] },
    module: {
      rules: [
        { test: /\.ts$/, loader: 'esbuild-loader', options: { target: 'node20' } },
        { test: /\.js$/, resolve: { fullySpecified: false } },
      ],
    },
    optimization: { minimizer: [new EsbuildPlugin({ target: 'node20', keepNames: true, legalComments: 'none' })] },
    performance: { hints: false },
    stats: 'errors-warnings',
    node: { __dirname: false, __filename: false },
  };
}

/**
 * @param {{ folder: string, entry?: string }} options the plugin's folder; `entry` is `src/main.ts` unless given
 * @returns a webpack configuration that writes `dist/main.cjs`
 */
export function pluginConfiguration({ folder, entry = './src/main.ts' }) {
  return nodeConfiguration({
    name: folder,
    entry: join(folder, entry),
    outputFolder: join(folder, 'dist'),
    outputFile: 'main.cjs',
  });
}
